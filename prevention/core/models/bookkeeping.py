"""Saves of a page that change nothing that a reader sees."""

from __future__ import annotations

from collections.abc import Iterable

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
