"""The public list of changes, which is made from the log of changes (prevention.core)."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.db import models
from wagtail.models import Page

from prevention import clock
from prevention.core.models import Action, ContentChange, Cursor, ReaderCursor
from prevention.core.page_index import page_index
from prevention.delivery.content_version import content_version

LIST_READER = "public list of changes"


class ChangeQuerySet(models.QuerySet["Change"]):
    """Reads of the list."""

    def public(self) -> ChangeQuerySet:
        """Return the changes without those of live pages that are restricted.

        Changes of pages that were withdrawn or deleted stay in the list.
        """
        return self.exclude(page__in=Page.objects.live().exclude(pk__in=page_index().by_id))

    def since(self, day: datetime.date) -> ChangeQuerySet:
        """Return the changes of `day` and later, the newest first."""
        return self.filter(day__gte=day)


class Change(models.Model):
    """One change of one page, with its change note. It is written after publishing and never edited.

    It stays when its page is deleted: a correction must not vanish with what it corrected.
    """

    page = models.ForeignKey(Page, on_delete=models.SET_NULL, null=True, related_name="+")
    title = models.CharField(max_length=255)
    note = models.CharField(max_length=255)
    day = models.DateField(default=clock.today)
    is_first = models.BooleanField(default=False, help_text="The page was new on that day.")

    objects = ChangeQuerySet.as_manager()

    class Meta:
        ordering = ("-day", "title", "-pk")

    def __str__(self) -> str:
        return f"{self.title}, {self.day}: {self.note}"

    @property
    def url(self) -> str:
        """The page's present address; '' when the page is not public."""
        entry = page_index().by_id.get(self.page_id) if self.page_id else None
        return entry.url if entry else ""


def is_list_complete() -> bool:
    """Return whether the list has all changes up to the present content version.

    It is false for a moment after a change, until the reader of the log has read it.
    """
    reader = ReaderCursor.objects.filter(name=LIST_READER).first()
    present = content_version()
    return reader is not None and reader.cursor == Cursor(present.number, present.token)


def list_changes(changes: Sequence[ContentChange]) -> None:
    """Add the change notes of pages to the list; called by the readers of the log (settings.LOG_READERS).

    A line of the log has a note only when a version was published with it for the first time. That a page was
    taken down, and that it is back, is listed each time. Restricted pages have no lines in the log, and so
    none in the list.
    """
    noted = [(row.page_pk, row) for row in changes if row.page_pk and (row.reason or _came_or_went(row))]
    there = set(Page.objects.filter(pk__in=[number for number, _ in noted]).values_list("pk", flat=True))
    for number, row in noted:
        Change.objects.create(
            page_id=number if number in there else None,
            title=row.title,
            note=_note_of(row),
            day=clock.day_of(row.at),
            is_first=row.action == Action.PUBLISHED and not Change.objects.filter(page_id=number).exists(),
        )


def _came_or_went(row: ContentChange) -> bool:
    return row.is_gone or row.action == Action.RESTORED


def _note_of(row: ContentChange) -> str:
    """Return what the list says of a change."""
    if row.is_gone:
        return f"{'Ended' if row.action == Action.EXPIRED else 'Taken down'}. {row.reason}"
    return f"It is back. {row.reason}".strip() if row.action == Action.RESTORED else row.reason
