"""`manage.py keep_up_search`: rebuild a search server's index when it can no longer follow the changes.

The scheduler runs it every few minutes (settings.SCHEDULED_JOBS).
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from search.engines import keep_up


class Command(BaseCommand):
    """Print one sentence on what was done."""

    help = "Tell a search server what it has not been told; without one there is nothing to do."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(keep_up() or "Nothing to do.")
