"""`manage.py backup [FILE]`: write the database and the uploads of the running site to one file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from prevention.core import backup
from prevention.core.backup.manifest import UPLOADS, some


class Command(BaseCommand):
    """Makes a backup and prints where it is and what it holds."""

    help = "Write the database and the uploads to one file. The site may go on running."
    # No checks: a site that is misconfigured must still be backed up.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the file to write, and --if-migrations-wait."""
        parser.add_argument(
            "target",
            nargs="?",
            metavar="FILE",
            help="a file that does not exist yet, or a folder (default: backups/ beside the uploads)",
        )
        parser.add_argument(
            "--if-migrations-wait",
            action="store_true",
            help="only when there is a site whose tables are about to be changed by `migrate`",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Make the backup. Raises CommandError, and leaves no file, when that is not possible."""
        if options["if_migrations_wait"] and not _migrations_wait():
            return
        try:
            made = backup.back_up(self._target(options["target"]))
        except backup.BackupError as problem:
            raise CommandError(str(problem)) from problem
        except OSError as problem:
            raise CommandError(
                f"The backup was not made: {problem}. See that there is room, and that the files may be read."
            ) from problem
        except Error as problem:
            raise CommandError(
                f"The backup was not made: the database can not be used ({problem})."
            ) from problem
        uploads = sum(name.startswith(f"{UPLOADS}/") for name in made.manifest.members)
        size = made.path.stat().st_size / 1e6
        self.stdout.write(f"Backup: {made.path} ({size:.1f} MB: the database and {uploads} uploads)")
        if made.left_out:
            self.stderr.write(
                f"Not in it, because they vanished meanwhile or are no plain files: {some(made.left_out)}"
            )
        if made.remark:
            self.stderr.write(made.remark)

    @staticmethod
    def _target(given: str | None) -> Path:
        """Return the file to write: `given`, or a new name in `given` when it is a folder, or in backups/."""
        if not given:
            return backup.default_target()
        path = Path(given).expanduser().absolute()
        return backup.default_target(path) if path.is_dir() else path


def _migrations_wait() -> bool:
    """Return whether the database has tables that `migrate` would change."""
    executor = MigrationExecutor(connection)
    return backup.has_content() and bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
