"""`manage.py keep_up_search`: tell a search server what it missed. For a scheduler, every few minutes."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from search.engines import keep_up


class Command(BaseCommand):
    help = "Tell a search server what it has not been told; without one there is nothing to do."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(keep_up() or "Nothing to do.")
