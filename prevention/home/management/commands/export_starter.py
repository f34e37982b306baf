"""`manage.py export_starter FOLDER`: what the database holds, as files of starter content."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from prevention.home.starter_loader import StarterError
from prevention.home.starter_loader.export import export, write


class Command(BaseCommand):
    """Write the published content as files. Fails, and writes nothing, for a file that can not be read."""

    help = "Write all that is published as files of starter content, so that it can go into the repository."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="where to write; files of the same names are replaced")
        parser.add_argument("--page", default="", metavar="SLUG", help="write the page with this slug alone")

    def handle(self, *args: Any, folder: Path, page: str, **options: Any) -> None:
        try:
            made = export(page)
            others = write(made, folder)
        except StarterError as error:
            listed = "\n".join(f"  {problem}" for problem in error.problems)
            raise CommandError(f"Nothing was written.\n{listed}") from error
        except OSError as error:
            raise CommandError(f"The files could not be written: {error}") from error
        for note in made.notes:
            self.stdout.write(f"  {note}")
        if others and not page:
            self.stdout.write(
                "These files there hold nothing that is published now. Delete them if that is meant:\n"
                + "\n".join(f"  {name}" for name in others)
            )
        self.stdout.write(f"{len(made.files)} files were written to {folder}.")
