"""The model that stores the content version."""

from __future__ import annotations

from django.db import models

from prevention.delivery.content_version import ALL, STAMP_TABLE


class ContentStamp(models.Model):
    """The number and the token of the last change: one row for each scope, and one ('') for the whole log.

    Triggers of the database write it when they number a change (migration core 0002).
    prevention.delivery.content_version reads it.
    """

    scope = models.CharField(max_length=10, unique=True, default=ALL)
    version = models.PositiveBigIntegerField(default=0)
    token = models.CharField(max_length=16, blank=True)

    class Meta:
        # The table keeps the name that it had in the app core, because the triggers use that name.
        db_table = STAMP_TABLE

    def __str__(self) -> str:
        return f"Content version {self.version}"
