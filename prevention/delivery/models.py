"""The stamp of the content: which change was the last, in the whole log and in each scope."""

from __future__ import annotations

from django.db import models

from prevention.delivery.content_version import ALL, STAMP_TABLE


class ContentStamp(models.Model):
    """The number and the token of the last change: one row for each scope, and one ('') for the whole log.

    The database itself writes it when it numbers a change (migration core 0002). It is read by
    prevention.delivery.content_version.
    """

    scope = models.CharField(max_length=10, unique=True, default=ALL)
    version = models.PositiveBigIntegerField(default=0)
    token = models.CharField(max_length=16, blank=True)

    class Meta:
        # The triggers that number changes name the table, and so it keeps the name that it began with.
        db_table = STAMP_TABLE

    def __str__(self) -> str:
        return f"Content version {self.version}"
