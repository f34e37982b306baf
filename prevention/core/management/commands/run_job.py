"""`manage.py run_job NAME`: run one scheduled job now, and store its result as the scheduler does."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from prevention.core.scheduler import UnknownJobError, job_named, run_job


class Command(BaseCommand):
    """Runs one job of settings.SCHEDULED_JOBS. Raises CommandError when it is unknown, running, or fails."""

    help = "Run one of the scheduled jobs now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        try:
            job = job_named(name)
        except UnknownJobError as error:
            raise CommandError(str(error)) from error
        row = run_job(job)
        if row is None:
            raise CommandError(f"Another process is running {name} at this moment. Nothing was done.")
        if row.error:
            raise CommandError(f"{name} failed: {row.error}")
        self.stdout.write(row.said or f"{name}: done.")
