"""`manage.py restore FILE`: a backup in the place of the present site."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from prevention.core import backup
from prevention.core.backup.manifest import UPLOADS, Manifest


class Command(BaseCommand):
    """Verify a backup, save the present state, then make the backup the site."""

    help = "Put a backup in the place of the present site, once all of it has been verified."
    # The site may be what is broken, and an empty database has nothing to check.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the file, --no-input and --no-safety-copy."""
        parser.add_argument("source", metavar="FILE", help="what `manage.py backup` has made")
        parser.add_argument("--no-input", action="store_true", help="do not ask; for scripts")
        parser.add_argument(
            "--no-safety-copy", action="store_true", help="make no backup of the present state before"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Restore. Raises CommandError with what is wrong and what is left as it was."""
        try:
            self._restore(options)
        except backup.BackupError as problem:
            raise CommandError(str(problem)) from problem
        except OSError as problem:
            raise CommandError(
                f"The backup was not restored: {problem}. See that there is room, and that files may be read."
            ) from problem

        except Error as problem:
            raise CommandError(
                f"The backup was not restored: the database can not be used ({problem}). See to it first; a "
                "damaged file of SQLite may be moved away, and is made anew."
            ) from problem

    def _restore(self, options: dict[str, Any]) -> None:
        with backup.opened(Path(options["source"]).expanduser().absolute()) as found:
            self.stdout.write(self._describe(found.manifest))
            if not options["no_input"]:
                self._ask()
            if not options["no_safety_copy"] and backup.has_content():
                made = backup.back_up(backup.default_target())
                self.stdout.write(f"The state before is kept in {made.path}")
            backup.put_in(found)
        self.stdout.write("Restored. A site that is running shows it already; staff must sign in again.")

    @staticmethod
    def _describe(manifest: Manifest) -> str:
        """Return one line about a backup."""
        uploads = sum(name.startswith(f"{UPLOADS}/") for name in manifest.members)
        made = f"A backup of {manifest.made_at}, by Candour {manifest.candour}"
        return f"{made}: the database and {uploads} uploads."

    @staticmethod
    def _ask() -> None:
        """Return when a person at a terminal says yes. Raises BackupError otherwise."""
        if not sys.stdin.isatty():
            raise backup.BackupError(
                "Nobody is here to say yes. In a script, add --no-input. Nothing was changed."
            )
        if input("It takes the place of the present site. Type yes to go on: ").strip().lower() != "yes":
            raise backup.BackupError("You did not say yes, so nothing was changed.")
