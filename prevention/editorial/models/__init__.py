"""The list of changes, sign-off, and what was published urgently."""

from __future__ import annotations

from prevention.editorial.models.changes import LIST_READER, Change, is_list_complete, list_changes
from prevention.editorial.models.sign_offs import SignOff, SignOffError, SignOffTask, claim, why_not, writers
from prevention.editorial.models.urgent import UrgentPublication
from prevention.editorial.models.words import WordsToAvoid, present_wording

__all__ = [
    "LIST_READER",
    "Change",
    "SignOff",
    "SignOffError",
    "SignOffTask",
    "UrgentPublication",
    "WordsToAvoid",
    "claim",
    "is_list_complete",
    "list_changes",
    "present_wording",
    "why_not",
    "writers",
]
