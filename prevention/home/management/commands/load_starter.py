"""`manage.py load_starter`: put the starter content in place, and update what nobody has touched."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from prevention.core.log_readers import follow_log
from prevention.home.starter_loader import Report, StarterError, load, set_site


class Command(BaseCommand):
    """Print what was new and what was left alone. Changes nothing when a file has an error."""

    help = (
        "Load the starter content: vocabularies, helplines, pages, packs. What editors have changed, renamed "
        "or removed is left as it is, and told."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="Say what a load would do, and change nothing."
        )
        parser.add_argument(
            "--update",
            action="append",
            default=[],
            metavar="SLUG",
            help="Take the files' version of this page or snippet alone, over what editors have done to it: "
            "changed or deleted. Can be given several times. Where several have this slug, give "
            "substances.Family:SLUG.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        is_trial = options["check"]
        try:
            report = load(
                tell=lambda name: self.stdout.write(f"  {name}"), only=options["update"], is_trial=is_trial
            )
        except StarterError as error:
            listed = "\n".join(f"  {problem}" for problem in error.problems)
            raise CommandError(f"Nothing was loaded. Mend these and run it again:\n{listed}") from error
        if not is_trial:
            set_site()
            follow_log()
        self._say(report, is_trial=is_trial, lists_all=is_trial or bool(options["update"]))

    def _say(self, report: Report, *, is_trial: bool, lists_all: bool) -> None:
        be = "would be" if is_trial else "was"
        for verb, things in (("made", report.made), ("updated", report.changed)):
            for thing in things if lists_all else ():
                self.stdout.write(f"The {thing} {be} {verb}.")
        for sentence in report.left:
            self.stdout.write(f"Left alone: {sentence}")
        be = "would be" if is_trial else "were"
        self.stdout.write(
            f"Starter content: {report.pages} pages and {report.snippets} snippets {be} new, "
            f"{report.updated} {be} updated, {len(report.left)} left alone."
        )
