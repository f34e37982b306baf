"""The scheduled jobs, and the process that runs them (decision 42).

A job is a management command with a time, in settings.SCHEDULED_JOBS. Its result is stored in JobRun, which
/healthz/ and the admin show. A job that fails or hangs does not stop the others; a job that was missed while
no scheduler was running runs when one starts. A job is claimed before it runs, so two schedulers do no harm.
"""

from __future__ import annotations

import datetime
import io
import logging
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from django.conf import settings
from django.core.management import call_command
from django.db import close_old_connections
from django.db.models import Q

from prevention import clock
from prevention.core.log_readers import follower
from prevention.core.models import ContentChange, JobRun, ReaderCursor

log = logging.getLogger("candour.scheduler")

# A claim lasts 90 seconds and is renewed every 30 while the job runs, so that the claim of a process that
# died ends soon.
CLAIM = datetime.timedelta(seconds=90)
CLAIMED_AGAIN = CLAIM.total_seconds() / 3
GRACE = datetime.timedelta(minutes=3)  # how late a job may begin before it counts as overdue


class UnknownJobError(LookupError):
    """No scheduled job has this name. The message lists those that there are."""


@dataclass(frozen=True)
class Job:
    """A management command with a time.

    `when` has fields of cron (minute, hour, day ...), in London's time. `does` says what it is for.
    """

    name: str
    does: str
    when: dict[str, Any]
    arguments: tuple[str, ...] = ()

    @property
    def trigger(self) -> CronTrigger:
        """The APScheduler trigger for `when`."""
        return CronTrigger(timezone=settings.TIME_ZONE, **{"second": 0, **self.when})

    def due_after(self, moment: datetime.datetime) -> datetime.datetime:
        """Return the first time after `moment` (aware) at which the job is due."""
        found: datetime.datetime = self.trigger.get_next_fire_time(moment, moment)
        return found


def jobs() -> dict[str, Job]:
    """Return {name: job} for every job of settings.SCHEDULED_JOBS."""
    return {name: Job(name, **row) for name, row in settings.SCHEDULED_JOBS.items()}


def job_named(name: str) -> Job:
    """Return the job of this name. Raises UnknownJobError when there is none."""
    known = jobs()
    if name not in known:
        raise UnknownJobError(f"There is no job called {name}. Choose one of: {', '.join(sorted(known))}.")
    return known[name]


def run_job(job: Job) -> JobRun | None:
    """Run a job now, and return the row with its result; None when another process is running it.

    An error of the job is logged and stored in the row, not raised.
    """
    JobRun.objects.get_or_create(name=job.name)
    now = clock.now()
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    if not JobRun.objects.filter(free, name=job.name).update(started_at=now, claimed_until=now + CLAIM):
        return None
    said, error = io.StringIO(), ""
    with _claimed(job):
        try:
            call_command(job.name, *job.arguments, stdout=said, stderr=said, no_color=True)
        except Exception as problem:
            log.exception("The job %s failed; it is run again when it is next due.", job.name)
            error = "".join(traceback.format_exception_only(problem)).strip()
    ended = clock.now()
    row = JobRun.objects.get(name=job.name)
    row.finished_at, row.next_at, row.claimed_until = ended, job.due_after(ended), None
    row.error, row.said = error, said.getvalue()[-2000:].strip()
    if not error:
        row.succeeded_at = ended
    row.save()
    return row


@contextmanager
def _claimed(job: Job) -> Iterator[None]:
    """Renew the claim on the job every 30 seconds until the block ends."""
    done = threading.Event()

    def claim() -> None:
        while not done.wait(CLAIMED_AGAIN):
            JobRun.objects.filter(name=job.name).update(claimed_until=clock.now() + CLAIM)
        close_old_connections()

    thread = threading.Thread(target=claim, name=f"claim-{job.name}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


# The process


class Scheduler:
    """Runs the jobs when they are due, each in its own thread, and starts the readers of the log."""

    def __init__(self) -> None:
        executor = ThreadPoolExecutor(max(len(jobs()), 1))
        self._scheduler = BackgroundScheduler(executors={"default": executor}, timezone=settings.TIME_ZONE)

    def start(self) -> None:
        """Schedule every job. A job that was due while no scheduler was running runs at once."""
        follower.start()
        known = {row.name: row for row in JobRun.objects.all()}
        now = clock.now()
        for job in jobs().values():
            row = known.get(job.name)
            due = job.due_after(row.started_at if row and row.started_at else now)
            JobRun.objects.update_or_create(name=job.name, defaults={"next_at": due})
            self._scheduler.add_job(
                _run_in_thread,
                job.trigger,
                args=[job],
                id=job.name,
                next_run_time=max(due, now),
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
        self._scheduler.start()
        log.info("The scheduler has started, with %s jobs.", len(jobs()))

    def stop(self) -> None:
        """Stop after the jobs that are running now have ended."""
        self._scheduler.shutdown(wait=True)
        follower.stop()


def _run_in_thread(job: Job) -> None:
    close_old_connections()
    try:
        run_job(job)
    finally:
        close_old_connections()


# Their state, for the admin and /healthz/


@dataclass(frozen=True)
class JobState:
    """A job with its stored result; `run` is None when it has never been scheduled."""

    job: Job
    run: JobRun | None

    @property
    def is_overdue(self) -> bool:
        """True when its run is more than three minutes late, or it has never run."""
        return self.run is None or self.run.is_overdue(GRACE)

    @property
    def problem(self) -> str:
        """A sentence that says what is wrong; '' when nothing is."""
        if self.run is None or self.run.next_at is None:
            return "It has never run: is the scheduler running?"
        if self.run.error:
            return f"Its last run failed: {self.run.error}"
        if self.is_overdue:
            return f"It was due at {self.run.next_at:%H:%M UTC on %d %B %Y}: is the scheduler running?"
        return ""


def job_states() -> list[JobState]:
    """Return the state of every job, in the order of settings.SCHEDULED_JOBS."""
    runs = {row.name: row for row in JobRun.objects.all()}
    return [JobState(job, runs.get(job.name)) for job in jobs().values()]


@dataclass(frozen=True)
class ReaderState:
    """The cursor of a reader of the log, with the number of changes (`behind`) that it has not read yet."""

    row: ReaderCursor
    behind: int


def reader_states() -> list[ReaderState]:
    """Return the state of every reader of the log that has a cursor, by name."""
    last = ContentChange.objects.order_by("-version").values_list("version", flat=True).first() or 0
    return [ReaderState(row, max(last - row.version, 0)) for row in ReaderCursor.objects.all()]
