"""Runs the readers of the log of changes, each from its own cursor, outside of any request (decision 40).

A thread in every web worker and in the scheduler runs them: at once after a commit in its process, and every
second in any case, so that a change by a process that died is read too. The cursor's row makes sure that only
one process does the work. A reader that fails is tried again later and does not stop the others.
"""

from __future__ import annotations

import datetime
import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.utils.module_loading import import_string

from prevention import clock
from prevention.core.models.changes import ContentChange, Cursor, ReaderCursor, UnknownCursorError

log = logging.getLogger("candour.changes")

BATCH = 500  # changes
LONGEST_WAIT = datetime.timedelta(minutes=5)


@dataclass(frozen=True)
class LogReader:
    """A reader of the log, as settings.LOG_READERS describes it.

    `read` is called with the next changes, in order, 500 at most. With `in_database` it writes to the
    database only, in one transaction with its cursor; otherwise it may be called again with the same changes
    after a crash.
    `begin` is called when the reader has no cursor yet, or one that is not in this log: it reads the content
    as it is now and returns the cursor to continue from. Without it a new reader starts at the first line.
    `reads_to` names another reader that this one must not overtake; None: it reads to the end of the log.
    """

    name: str
    read: Callable[[Sequence[ContentChange]], None]
    begin: Callable[[], Cursor] | None = None
    in_database: bool = True
    is_wanted: Callable[[], bool] = lambda: True
    reads_to: str | None = None


@cache
def readers() -> dict[str, LogReader]:
    """Return {name: reader} in the order of settings.LOG_READERS.

    Raises ImportError or TypeError when the settings name functions or fields that do not exist.
    """
    functions = ("read", "begin", "is_wanted")
    return {
        name: LogReader(
            name,
            **{key: import_string(value) if key in functions else value for key, value in spec.items()},
        )
        for name, spec in settings.LOG_READERS.items()
    }


def follow_log() -> int:
    """Run every wanted reader up to the end of the log; return the number of changes read by all together."""
    return sum(_follow(reader) for reader in readers().values() if reader.is_wanted())


def _follow(reader: LogReader) -> int:
    try:
        if _must_wait(reader):
            return 0
        read = 0
        while some := _step(reader):
            read += some
    except Exception as error:
        # No error of one reader may stop the other readers or the thread.
        if _note_failure(reader, error) == 1:
            log.exception("The reader %s of the log of changes failed; it is tried again.", reader.name)
        return 0
    return read


def _must_wait(reader: LogReader) -> bool:
    row = ReaderCursor.objects.filter(name=reader.name).first()
    return row is not None and row.retry_at is not None and row.retry_at > clock.now()


def _step(reader: LogReader) -> int:
    """Read one batch; return the number of its changes, 0 at the end of the log."""
    row = ReaderCursor.objects.filter(name=reader.name).first()
    if row is None or row.read_at is None:
        return _begin(reader, row.cursor if row else None)
    try:
        changes = _within_reach(reader, row.cursor)
    except UnknownCursorError:
        return _begin(reader, row.cursor)
    if not changes:
        return 0
    with _together(reader):
        # The cursor moves first: of two processes, the second waits here and then finds the work done.
        if reader.in_database and not _advance(reader, row.cursor, changes[-1].cursor):
            return 0
        reader.read(changes)
    if not reader.in_database:
        _advance(reader, row.cursor, changes[-1].cursor)
    return len(changes)


def _within_reach(reader: LogReader, cursor: Cursor) -> list[ContentChange]:
    changes = ContentChange.objects.since(cursor)
    if reader.reads_to:
        ahead = ReaderCursor.objects.filter(name=reader.reads_to).first()
        changes = changes.filter(version__lte=ahead.version if ahead else 0)
    return list(changes[:BATCH])


def _begin(reader: LogReader, known: Cursor | None) -> int:
    """Set the reader's cursor to the result of its `begin`; return 0 when another process did it, else 1.

    `known` is the cursor that can not be used; None to begin in any case.
    """
    with _together(reader):
        rows = ReaderCursor.objects.select_for_update() if reader.in_database else ReaderCursor.objects
        row, _ = rows.get_or_create(name=reader.name)
        if known is not None and row.cursor != known:
            return 0  # another process has begun meanwhile
        _advance(reader, row.cursor, reader.begin() if reader.begin else _first_cursor(row))
    return 1


def _first_cursor(row: ReaderCursor) -> Cursor:
    return Cursor.present() if row.read_at else Cursor()


def restart(name: str) -> None:
    """Call the `begin` of the reader `name` now, and continue from its cursor. Raises what it raises."""
    _begin(readers()[name], None)


def begin_anew(name: str) -> None:
    """Make the reader `name` call its `begin` the next time it runs."""
    ReaderCursor.objects.filter(name=name).update(read_at=None)


def _together(reader: LogReader) -> AbstractContextManager[object]:
    return transaction.atomic() if reader.in_database else nullcontext()


def _advance(reader: LogReader, before: Cursor, after: Cursor) -> bool:
    """Move the cursor from `before` to `after`; return False when another process has moved it already."""
    rows = ReaderCursor.objects.filter(name=reader.name, version=before.version, token=before.token)
    return bool(
        rows.update(
            version=after.version,
            token=after.token,
            read_at=clock.now(),
            failures=0,
            error="",
            retry_at=None,
        )
    )


def _note_failure(reader: LogReader, error: Exception) -> int:
    """Store the error and the time of the next try; return the number of failures in a row."""
    try:
        row, _ = ReaderCursor.objects.get_or_create(name=reader.name)
        failures = row.failures + 1
        wait = min(datetime.timedelta(seconds=2 ** min(failures, 12)), LONGEST_WAIT)
        ReaderCursor.objects.filter(pk=row.pk).update(
            failures=failures,
            error=f"{type(error).__name__}: {error}"[:500],
            retry_at=clock.now() + wait,
        )
    except DatabaseError:
        return 1  # the database does not answer; its own error is logged
    return failures


# The thread of a process


class Follower:
    """The thread that runs the readers in a web worker or in the scheduler."""

    def __init__(self) -> None:
        self._wake = threading.Event()
        self._ended = False
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread, unless it runs already or settings.LOG_FOLLOW_SECONDS is 0."""
        with self._lock:
            if settings.LOG_FOLLOW_SECONDS and (self._thread is None or not self._thread.is_alive()):
                self._ended = False
                self._thread = threading.Thread(target=self._run, name="log-readers", daemon=True)
                self._thread.start()

    def wake(self) -> None:
        """Make the thread read the log at once. Without a thread in this process nothing happens."""
        self._wake.set()

    def stop(self) -> None:
        """End the thread once it has finished what it is reading, and wait for that."""
        self._ended = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._ended:
            self._wake.wait(timeout=settings.LOG_FOLLOW_SECONDS)
            self._wake.clear()
            try:
                follow_log()
            except Exception:
                # The thread must not end: this process has no other one that reads the log.
                log.exception("The readers of the log of changes failed; they are tried again in a second.")
            finally:
                close_old_connections()
        connection.close()


follower = Follower()
wake_readers = follower.wake
