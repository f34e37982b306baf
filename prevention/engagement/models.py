"""The one table of counts."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from django.db import connection, models, transaction

# (day, measure, content key, facet): the key of one sum.
Cell = tuple[datetime.date, str, str, str]

_UPSERT = """
INSERT INTO engagement_count (period, grain, measure, content, facet, area, n)
VALUES (%s, 'd', %s, %s, %s, '', %s)
ON CONFLICT (period, grain, measure, content, facet, area) DO UPDATE SET n = engagement_count.n + excluded.n
"""


class CountQuerySet(models.QuerySet["Count"]):
    """Reads of counts, and the one way to write them."""

    def within(self, first: datetime.date, last: datetime.date) -> CountQuerySet:
        """Return the counts whose day (or first day of the month) is from `first` to `last` inclusive."""
        return self.filter(period__gte=first, period__lte=last)

    def total(self) -> int:
        """Return the sum of all n; 0 when there are no rows."""
        return int(self.aggregate(total=models.Sum("n"))["total"] or 0)

    def by_content(self) -> dict[str, int]:
        """Return {content key: sum of n}."""
        rows = self.order_by().values_list("content").annotate(total=models.Sum("n"))
        return {content: int(total) for content, total in rows}

    def add(self, sums: Mapping[Cell, int]) -> None:
        """Add {(day, measure, content key, facet): n} to the rows of days: all of it, or none on an error."""
        rows = [
            (day, measure, content, facet, n) for (day, measure, content, facet), n in sorted(sums.items())
        ]
        if rows:
            # Plain SQL, because Django's bulk upsert can set a value on conflict but not add to it.
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.executemany(_UPSERT, rows)


class Count(models.Model):
    """How often something happened on one day (or in one month, once days are rolled up).

    No column of the unique constraint can be null, since nulls would be distinct. A row holds nothing else.
    """

    class Grain(models.TextChoices):
        """Whether a row counts a day or a month."""

        DAY = "d", "Day"
        MONTH = "m", "Month"

    period = models.DateField()
    grain = models.CharField(max_length=1, choices=Grain.choices, default=Grain.DAY)
    measure = models.CharField(max_length=20)
    content = models.CharField(max_length=80, blank=True)
    facet = models.CharField(max_length=20, blank=True)
    area = models.CharField(max_length=9, blank=True)
    n = models.PositiveBigIntegerField()

    objects = CountQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("period", "grain", "measure", "content", "facet", "area"), name="one_count_per_cell"
            ),
        )
        indexes = (models.Index(fields=("measure", "period")),)

    def __str__(self) -> str:
        return f"{self.period} {self.measure} {self.content} {self.facet}: {self.n}"
