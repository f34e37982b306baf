"""The public log of what has changed, and when."""

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
    """Reads of the log."""

    def public(self) -> ChangeQuerySet:
        """Without pages that are live but restricted; those that were withdrawn or deleted stay."""
        return self.exclude(page__in=Page.objects.live().exclude(pk__in=page_index().by_id))

    def since(self, day: datetime.date) -> ChangeQuerySet:
        """The changes of `day` and later, the newest first."""
        return self.filter(day__gte=day)


class Change(models.Model):
    """One change of one page, in the words of its change note. Written on publishing, never edited.

    It outlives its page: a correction must not vanish with what it corrected.
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
        """Where the page is now; empty once the public can not read it."""
        entry = page_index().by_id.get(self.page_id) if self.page_id else None
        return entry.url if entry else ""


def is_list_complete() -> bool:
    """Has everything been listed that the present content comes from? It takes a moment after a change."""
    reader = ReaderCursor.objects.filter(name=LIST_READER).first()
    present = content_version()
    return reader is not None and reader.cursor == Cursor(present.number, present.token)


def list_changes(changes: Sequence[ContentChange]) -> None:
    """Read the log of changes: list the change note of each page, once for each wording.

    What only some may read has no line in the log, and so none here: the list is for everybody.
    """
    noted = [(row.page_pk, row) for row in changes if row.page_pk and row.reason and not row.is_gone]
    there = set(Page.objects.filter(pk__in=[number for number, _ in noted]).values_list("pk", flat=True))
    for number, row in noted:
        last = Change.objects.filter(page_id=number).order_by("-pk").first()
        if last is None or last.note != row.reason:
            Change.objects.create(
                page_id=number if number in there else None,
                title=row.title,
                note=row.reason,
                day=clock.day_of(row.at),
                is_first=last is None and row.action == Action.PUBLISHED,
            )
