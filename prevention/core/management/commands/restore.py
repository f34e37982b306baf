"""`manage.py restore FILE`: replace the present site with a backup."""

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
    """Verifies a backup, makes a safety copy of the present site, then replaces the site with the backup."""

    help = "Put a backup in the place of the present site, once all of it has been verified."
    # No checks: the present site may be broken, or its database empty.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the file, --no-input and --no-safety-copy."""
        parser.add_argument("source", metavar="FILE", help="what `manage.py backup` has made")
        parser.add_argument("--no-input", action="store_true", help="do not ask; for scripts")
        parser.add_argument(
            "--no-safety-copy", action="store_true", help="make no backup of the present state before"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Restore the backup. Raises CommandError that says what is wrong, and what was not changed."""
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
        """Return a sentence about a backup: when and by which version it was made, and what it holds."""
        uploads = sum(name.startswith(f"{UPLOADS}/") for name in manifest.members)
        made = f"A backup of {manifest.made_at}, by Candour {manifest.candour}"
        return f"{made}: the database and {uploads} uploads."

    @staticmethod
    def _ask() -> None:
        """Ask the person at the terminal. Raises BackupError without a terminal, or unless they type yes."""
        if not sys.stdin.isatty():
            raise backup.BackupError(
                "Nobody is here to say yes. In a script, add --no-input. Nothing was changed."
            )
        if input("It takes the place of the present site. Type yes to go on: ").strip().lower() != "yes":
            raise backup.BackupError("You did not say yes, so nothing was changed.")
