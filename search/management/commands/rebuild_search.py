"""`manage.py rebuild_search`: index every published page anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from search.indexing import rebuild_index


class Command(BaseCommand):
    """Print the number of indexed pages. Fails with the server's error when a search server refuses."""

    help = "Index every published page anew, in one transaction."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Indexed {rebuild_index()} pages.")
