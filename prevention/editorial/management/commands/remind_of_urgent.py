"""`manage.py remind_of_urgent`: mail the moderators what was published urgently and nobody has confirmed."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.mail import send_mail
from django.core.management.base import BaseCommand
from django.db.models import Q
from django.urls import reverse
from wagtail.admin.utils import get_admin_base_url

from prevention import clock
from prevention.core.schedules import moderators
from prevention.editorial.models import UrgentPublication

AGAIN = datetime.timedelta(days=1)


class Command(BaseCommand):
    """Sends one mail about everything that is overdue; about each publication once a day."""

    help = "Mail the moderators what was published urgently and that no second person has confirmed in time."

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        overdue = UrgentPublication.objects.overdue().select_related("user")
        rows = list(overdue.filter(Q(told_at=None) | Q(told_at__lte=now - AGAIN)))
        to = sorted(moderators())
        if rows and to:
            send_mail("Published urgently, and not confirmed", _text(rows), None, to)
            for row in rows:
                row.told_at = now
                row.save(update_fields=["told_at"])
        self.stdout.write(f"{overdue.count()} overdue, {len(rows) if to else 0} told of.")


def _text(rows: list[UrgentPublication]) -> str:
    lines = [f"- {row.title}, by {row.user or 'somebody'} on {row.at:%d %B}: {row.reason}" for row in rows]
    address = f"{get_admin_base_url() or ''}{reverse('urgent_publications')}"
    return (
        "This was published without a review, and no second person has confirmed it within a day:\n\n"
        + "\n".join(lines)
        + f"\n\nConfirm it here, or withdraw it:\n{address}\n"
    )
