"""The models of core: pages, facts outside pages, log of changes, scheduled jobs."""

from __future__ import annotations

from prevention.core.models.changes import (
    Action,
    ContentChange,
    Cursor,
    ReaderCursor,
    UnknownCursorError,
)
from prevention.core.models.explained import EXPLAINED, NOT_BOTH, WHAT_CHANGED, WHY_IT_STAYS
from prevention.core.models.facts import Fact, FactQuerySet
from prevention.core.models.jobs import JobRun
from prevention.core.models.logged import LoggedModel, LoggedQuerySet
from prevention.core.models.pages import (
    LONGEST_REVIEW_INTERVAL,
    PHRASES_HELP,
    PLAIN_SLUG,
    Audience,
    BasePage,
    Citation,
    SearchName,
)

__all__ = [
    "EXPLAINED",
    "LONGEST_REVIEW_INTERVAL",
    "NOT_BOTH",
    "PHRASES_HELP",
    "PLAIN_SLUG",
    "WHAT_CHANGED",
    "WHY_IT_STAYS",
    "Action",
    "Audience",
    "BasePage",
    "Citation",
    "ContentChange",
    "Cursor",
    "Fact",
    "FactQuerySet",
    "JobRun",
    "LoggedModel",
    "LoggedQuerySet",
    "ReaderCursor",
    "SearchName",
    "UnknownCursorError",
]
