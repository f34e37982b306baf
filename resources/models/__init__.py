"""`vocabulary` <- `pages`: imports among these modules go to the left only."""

from __future__ import annotations

from resources.models.pages import LessonPackPage, PackFile, ResourceIndexPage
from resources.models.vocabulary import Approach, FileKind, KeyStage, PreventionLevel, RiskGroup, Setting

__all__ = [
    "Approach",
    "FileKind",
    "KeyStage",
    "LessonPackPage",
    "PackFile",
    "PreventionLevel",
    "ResourceIndexPage",
    "RiskGroup",
    "Setting",
]
