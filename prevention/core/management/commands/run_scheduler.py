"""`manage.py run_scheduler`: run scheduled jobs and the readers of the log until stopped (decision 42)."""

from __future__ import annotations

import signal
import sys
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from prevention.core.scheduler import Scheduler


class Command(BaseCommand):
    """Runs the scheduler until SIGTERM, Ctrl+C or, with --until-stdin-closes, the end of standard input."""

    help = "Run the scheduled jobs and follow the log of changes, until SIGTERM or Ctrl+C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--until-stdin-closes",
            action="store_true",
            help="Stop when the standard input ends too: with the process that has started this one.",
        )

    def handle(self, *args: Any, until_stdin_closes: bool, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        if until_stdin_closes:
            threading.Thread(target=_wait_for_the_end_of_stdin, args=[stop], daemon=True).start()
        scheduler = Scheduler()
        scheduler.start()
        stop.wait()
        scheduler.stop()


def _wait_for_the_end_of_stdin(stop: threading.Event) -> None:
    sys.stdin.read()
    stop.set()
