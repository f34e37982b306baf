"""`manage.py roll_up_counts`: sum up days older than 90 days by month, and delete them. Runs every night."""

from __future__ import annotations

import datetime
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from prevention import clock
from prevention.engagement.models import Count

DAYS_KEPT = 90


class Command(BaseCommand):
    """Turns old daily counts into monthly ones, in one transaction."""

    help = "Sum up days older than 90 days by month and delete them. Running it twice changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        # Only whole months are rolled up, so that no month has both daily and monthly rows.
        edge = (clock.today() - datetime.timedelta(days=DAYS_KEPT)).replace(day=1)
        with transaction.atomic():
            days = Count.objects.filter(grain=Count.Grain.DAY, period__lt=edge)
            months: Counter[tuple[datetime.date, str, str, str, str]] = Counter()
            for row in days.iterator():
                months[(row.period.replace(day=1), row.measure, row.content, row.facet, row.area)] += row.n
            for (period, measure, content, facet, area), n in months.items():
                month, _ = Count.objects.get_or_create(
                    period=period,
                    grain=Count.Grain.MONTH,
                    measure=measure,
                    content=content,
                    facet=facet,
                    area=area,
                    defaults={"n": 0},
                )
                month.n += n
                month.save(update_fields=["n"])
            deleted, _ = days.delete()
        self.stdout.write(f"{deleted} daily counts became {len(months)} monthly ones.")
