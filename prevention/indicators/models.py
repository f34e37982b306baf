"""Released figures. Each month is computed once and never again (decision 15)."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import models


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Reads of releases."""

    def latest_of(self, indicator: str) -> Release | None:
        """Return the newest release of the indicator with this code; None when it has none."""
        return self.filter(indicator=indicator).order_by("-period").first()


class Release(models.Model):
    """The published figures of one indicator for one month.

    `figures` is {"headline": cell, "rows": [cell]}; a cell is {"label", "value", "shorthand", "lower",
    "upper"}. It holds numbers after the small-number rule only; hidden numbers are in the counts alone.
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
        """The month for people, such as 'October 2026'."""
        return f"{self.period:%B %Y}"


def next_month(first: datetime.date) -> datetime.date:
    """Return the first day of the next month; `first` is the first day of a month."""
    return (first + datetime.timedelta(days=32)).replace(day=1)
