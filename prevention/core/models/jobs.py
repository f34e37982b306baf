"""The stored result and next time of each scheduled job."""

from __future__ import annotations

import datetime

from django.db import models

from prevention import clock


class JobRun(models.Model):
    """The last and the next run of one job of settings.SCHEDULED_JOBS. Written by the scheduler."""

    name = models.CharField(max_length=40, unique=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True, help_text="Of the last run; empty when it went well.")
    said = models.TextField(blank=True, help_text="What the last run printed.")
    claimed_until = models.DateTimeField(null=True, help_text="No other process runs it before then.")

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def is_overdue(self, grace: datetime.timedelta) -> bool:
        """Return whether its next run was due more than `grace` ago."""
        return self.next_at is not None and self.next_at + grace < clock.now()
