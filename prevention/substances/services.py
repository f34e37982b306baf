"""Writes to the names for search alone, which have a screen of their own and belong to their page.

A change is a new revision of the page, as if its form had been saved.
It is public once the page is published.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.html import strip_tags

from prevention.editorial.locks import lock_pages
from prevention.substances.models import SearchNameList, SubstancePage

Rows = list[SearchNameList]
CHANGED = (
    "Somebody has changed or removed this list since you opened it. Nothing was saved. Keep what you typed, "
    "and open the list again."
)


class SearchListsError(Exception):
    """The lists of a page may not be changed now. The message says why."""


def why_locked(page: SubstancePage, user: Any) -> str:
    """Return why `user` may not change a page now, in a sentence, as its form says it; '' when they may."""
    lock = page.get_lock()
    if lock is None or not lock.for_user(user):
        return ""
    return strip_tags(str(lock.get_message(user) or "The page is locked."))


def save_search_list(*, page: int, key: str, row: SearchNameList, user: Any) -> SubstancePage:
    """Write `row` into the latest draft of a page, in the place of the list with this key; '': as a new list.

    `page` is its id. Returns the draft. Raises PermissionDenied, and SearchListsError when the page is locked
    or there is no such list any more.
    """

    def change(rows: Rows) -> None:
        if key:
            place = _place(rows, key)
            row.pk, row.sort_order = rows[place].pk, rows[place].sort_order
            rows[place] = row
        else:
            row.sort_order = max((other.sort_order or 0 for other in rows), default=-1) + 1
            rows.append(row)

    return _changed(page, user, change)


def remove_search_list(*, page: int, key: str, user: Any) -> SubstancePage:
    """Take the list with this key out of the latest draft of a page. Returns and raises as saving does."""
    return _changed(page, user, lambda rows: rows.pop(_place(rows, key)))


def _place(rows: Rows, key: str) -> int:
    for place, row in enumerate(rows):
        if row.key == key:
            return place
    raise SearchListsError(CHANGED)


@transaction.atomic
def _changed(number: int, user: Any, change: Callable[[Rows], object]) -> SubstancePage:
    lock_pages([number])
    page: SubstancePage = SubstancePage.objects.get(pk=number).get_latest_revision_as_object()
    if not page.permissions_for_user(user).can_edit() or page.alias_of_id:
        raise PermissionDenied
    refusal = why_locked(page, user)
    if refusal:
        raise SearchListsError(refusal)
    rows = list(page.search_lists.all())
    change(rows)
    page.search_lists.set(rows)
    if not page.live:
        # As Wagtail does: the row of a page that was never published is its draft.
        page.save(clean=False)
    page.save_revision(user=user, log_action=True, clean=False)
    return page
