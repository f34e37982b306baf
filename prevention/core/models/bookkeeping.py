"""Saves that change nothing that a reader sees, and drafts that nobody may write over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wagtail.models import Revision

# What Wagtail notes on a page: drafts, locks, what editors say to each other.
BOOKKEEPING = frozenset(
    {
        "draft_title",
        "has_unpublished_changes",
        "latest_revision",
        "latest_revision_created_at",
        "live_revision",
        "locked",
        "locked_at",
        "locked_by",
        "wagtail_admin_comments",
    }
)


def is_bookkeeping(update_fields: Iterable[str] | None) -> bool:
    """Return whether a save of these fields (None: all) changes nothing that a reader sees."""
    return update_fields is not None and set(update_fields) <= BOOKKEEPING


def may_be_overwritten(content: Any, revision: Revision) -> bool:
    """Return whether an autosave may write over a revision of a page or fact.

    What is live, and what has been handed in, is the text that others read and decide on.
    """
    return revision.pk != content.live_revision_id and not revision.task_states.exists()
