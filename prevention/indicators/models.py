"""Released figures. A month is computed once, frozen, and never computed again."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import models


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Reads of releases."""

    def latest_of(self, indicator: str) -> Release | None:
        """The newest month of one indicator, or None before the first."""
        return self.filter(indicator=indicator).order_by("-period").first()


class Release(models.Model):
    """The figures of one indicator for one month, as published.

    `figures` is {"headline": cell, "rows": [cell]}; a cell is {"label", "value", "shorthand", "lower",
    "upper"}. Only what the small-number rule lets through is in it: hidden numbers stay in the counts.
    """

    indicator = models.CharField(max_length=8)
    period = models.DateField(help_text="The first day of the month.")
    released_on = models.DateField()
    figures: models.JSONField[Any, Any] = models.JSONField()

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering = ("-period", "indicator")
        constraints = (models.UniqueConstraint(fields=("indicator", "period"), name="released_once"),)

    def __str__(self) -> str:
        return f"{self.indicator} {self.period:%B %Y}"

    @property
    def period_label(self) -> str:
        return f"{self.period:%B %Y}"


def next_month(first: datetime.date) -> datetime.date:
    """The first day of the month after the one that `first` begins."""
    return (first + datetime.timedelta(days=32)).replace(day=1)
