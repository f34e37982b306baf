"""`manage.py log_effective_dates`: log what begins or ends today by its date.

The scheduler runs it at midnight. Days on which it did not run are made up for.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.core.management.base import BaseCommand

from prevention import clock
from prevention.core.effective_dates import log_day
from prevention.core.models import JobRun

MOST_DAYS = 400  # the most days that are made up for when the scheduler was not running


class Command(BaseCommand):
    """Logs what began or ended by its date, for each day since the last run that succeeded."""

    help = "Write into the log of changes what the law, alerts and others change by today's date."

    def handle(self, *args: Any, **options: Any) -> None:
        today = clock.today()
        last = JobRun.objects.filter(name="log_effective_dates", succeeded_at__isnull=False).first()
        missed = (today - clock.day_of(last.succeeded_at)).days if last and last.succeeded_at else 1
        days = [today - datetime.timedelta(days=age) for age in range(min(max(missed, 1), MOST_DAYS))]
        things = sum(log_day(day) for day in reversed(days))
        self.stdout.write(f"{things} things began or ended by their date.")
