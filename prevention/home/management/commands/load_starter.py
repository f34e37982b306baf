"""`manage.py load_starter`: put the starter content in place. Running it again adds only what is missing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from prevention.core.log_readers import follow_log
from prevention.home.services import StarterError, load, set_site


class Command(BaseCommand):
    """Print what was new. Fails, and changes nothing, when a file of the starter content has an error."""

    help = "Load the starter content: vocabularies, helplines, pages, packs. What exists is left as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = load(tell=lambda name: self.stdout.write(f"  {name}"))
        except StarterError as error:
            listed = "\n".join(f"  {problem}" for problem in error.problems)
            raise CommandError(f"Nothing was loaded. Mend these and run it again:\n{listed}") from error
        set_site()
        follow_log()
        self.stdout.write(f"Starter content: {made['pages']} pages and {made['snippets']} snippets were new.")
