"""Where the former address of a page leads: to the page as it is now, or to a note that it is gone.

The log of changes knows every address that a public page has left (decision 55). It is followed in one step,
however often the page has moved.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from wagtail.models import Page

from prevention import clock
from prevention.core.models.changes import Action, ContentChange
from prevention.core.page_index import PageEntry, page_index


@dataclass(frozen=True)
class Tombstone:
    """What is said of a page that is no longer public.

    `reason` is a plain sentence. `drop_by` is when partners must have stopped showing it. `replacement` is
    the page to read instead; None when there is none, or it is not public itself.
    """

    title: str
    kind: str
    has_ended: bool
    day: datetime.date
    reason: str
    drop_by: datetime.datetime | None
    replacement: PageEntry | None

    @property
    def sentence(self) -> str:
        """What happened and when, in a sentence."""
        day = f"{self.day.day} {self.day:%B %Y}"
        return f"This page ended on {day}." if self.has_ended else f"We took this page down on {day}."


def left_behind(path: str) -> PageEntry | Tombstone | None:
    """Return what became of the page that last left the address `path`; None if no page has ever left it."""
    address = f"{path.rstrip('/')}/"
    way = _followed(ContentChange.objects.last_at(address))
    return None if isinstance(way, PageEntry) and way.url == address else way


def left_behind_as(kind: str, slug: str) -> PageEntry | Tombstone | None:
    """Return what became of the page of this kind that last left `slug`; None if no page has ever left it."""
    way = _followed(ContentChange.objects.last_called(kind, slug))
    return None if isinstance(way, PageEntry) and way.slug == slug else way


def grave_of(page: int) -> Tombstone | None:
    """Return what is said of a page (its id) that is gone; None if it is public, or never was."""
    if page in page_index().by_id:
        return None
    last = ContentChange.objects.filter(page_pk=page).order_by("pk").last()
    return _tombstone(last) if last is not None and last.is_gone else None


def _followed(line: ContentChange | None) -> PageEntry | Tombstone | None:
    if line is None or line.page_pk is None:
        return None
    return page_index().by_id.get(line.page_pk) or grave_of(line.page_pk)


def _tombstone(line: ContentChange) -> Tombstone:
    return Tombstone(
        title=line.title,
        kind=line.kind,
        has_ended=line.action == Action.EXPIRED,
        day=clock.day_of(line.at),
        reason=line.reason,
        drop_by=line.drop_by,
        replacement=_replacement(line.replacement),
    )


def _replacement(named: str) -> PageEntry | None:
    """Return the page of a 'kind:key' of the log, if it is public."""
    key = named.partition(":")[2]
    page = Page.objects.filter(translation_key=key).values_list("pk", flat=True).first() if key else None
    return page_index().by_id.get(page) if page is not None else None
