"""`manage.py release_indicators [--period 2026-10]`: compute, freeze and publish the figures of a month."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from prevention import clock
from prevention.indicators.services import ReleaseRefusedError, release


class Command(BaseCommand):
    """Releases the figures of a month. Raises CommandError when that is refused, unless --if-due is given."""

    help = "Freeze and publish the figures of a whole month; without --period, of last month."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--period", help="The month, as YYYY-MM.")
        parser.add_argument(
            "--if-due", action="store_true", help="Say nothing when it is released already, or not over yet."
        )

    def handle(self, *args: Any, period: str | None, if_due: bool, **options: Any) -> None:
        try:
            month = (
                datetime.datetime.strptime(period, "%Y-%m").date()  # noqa: DTZ007  (a month has no time zone)
                if period
                else (clock.today().replace(day=1) - datetime.timedelta(days=1)).replace(day=1)
            )
        except ValueError as error:
            raise CommandError("Give the month as YYYY-MM, for example --period 2026-10.") from error
        try:
            releases = release(period=month)
        except ReleaseRefusedError as error:
            if if_due:
                self.stdout.write(f"Nothing to release: {error}")
                return
            raise CommandError(str(error)) from error
        self.stdout.write(f"Released {len(releases)} indicators for {month:%B %Y}.")
