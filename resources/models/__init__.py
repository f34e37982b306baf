"""The models of the app. `pages` imports `vocabulary`, never the other way round."""

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
