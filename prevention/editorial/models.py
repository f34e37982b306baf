"""The public log of what has changed, and when."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import models
from wagtail.models import Page

from prevention import clock
from prevention.core.models import BasePage
from prevention.core.places import places


class ChangeQuerySet(models.QuerySet["Change"]):
    """Reads of the log."""

    def public(self) -> ChangeQuerySet:
        """Without pages that are live but restricted; those that were withdrawn or deleted stay."""
        return self.exclude(page__in=Page.objects.live().exclude(pk__in=places().by_id))

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
        place = places().by_id.get(self.page_id) if self.page_id else None
        return place.url if place else ""


def log_change(sender: Any, instance: Page, **kwargs: Any) -> None:
    """Receiver of Wagtail's page_published: log the change note, once for each wording.

    What only some may read is not logged: the log is for everybody.
    """
    if not isinstance(instance, BasePage) or not instance.change_note:
        return
    if instance.get_view_restrictions().exists():
        return
    last = Change.objects.filter(page_id=instance.pk).order_by("-pk").first()
    if last is None or last.note != instance.change_note:
        Change.objects.create(
            page_id=instance.pk,
            title=instance.title,
            note=instance.change_note,
            is_first=last is None and instance.first_published_at == instance.last_published_at,
        )
