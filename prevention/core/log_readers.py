"""Who follows the log of changes: each reader by itself, from its own cursor, never in an editor's request.

A reader is woken when a change is committed and looks again every second, so that what was committed by a
process that then died is followed all the same. Every web worker and the scheduler run the readers; the
cursor lets one of them do the work. A reader that fails is tried again, a little later each time, and stops
no other.
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
    """Something that follows the log.

    `read` gets the next changes, in order. It may get the same ones again after a crash, unless
    `in_database`: then it writes to the database only, and what it writes and its cursor are one transaction.
    `begin` takes the content as it is now and returns the cursor to go on from: when the reader has none
    yet, or one of another history. Without it a new reader reads the log from its beginning.
    `reads_to` says how far it may go: the place that another reader has come to; None for the end of the log.
    """

    name: str
    read: Callable[[Sequence[ContentChange]], None]
    begin: Callable[[], Cursor] | None = None
    in_database: bool = True
    is_wanted: Callable[[], bool] = lambda: True
    reads_to: str | None = None


@cache
def readers() -> dict[str, LogReader]:
    """Return {name: reader}, in the order of settings.LOG_READERS, which names their functions."""
    functions = ("read", "begin", "is_wanted")
    return {
        name: LogReader(
            name,
            **{key: import_string(value) if key in functions else value for key, value in spec.items()},
        )
        for name, spec in settings.LOG_READERS.items()
    }


def follow_log() -> int:
    """Let every reader read on to the end; returns how many changes were read, by all of them together."""
    return sum(_follow(reader) for reader in readers().values() if reader.is_wanted())


def _follow(reader: LogReader) -> int:
    try:
        if _must_wait(reader):
            return 0
        read = 0
        while some := _step(reader):
            read += some
    except Exception as error:
        # Whatever it is, it must stop neither the other readers nor the thread that they run in.
        if _note_failure(reader, error) == 1:
            log.exception("The reader %s of the log of changes failed; it is tried again.", reader.name)
        return 0
    return read


def _must_wait(reader: LogReader) -> bool:
    row = ReaderCursor.objects.filter(name=reader.name).first()
    return row is not None and row.retry_at is not None and row.retry_at > clock.now()


def _step(reader: LogReader) -> int:
    """Read one batch; returns how many changes it had, 0 at the end of the log."""
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
        # First, so that of two processes one waits here, and then finds that it was done.
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
    """Take the content as it is, and go on from there. `known`: the cursor that was found wanting."""
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
    """Make a reader take the content as it is, at once. Raises what the reader raises."""
    _begin(readers()[name], None)


def begin_anew(name: str) -> None:
    """Make a reader take the content as it is now, the next time it runs."""
    ReaderCursor.objects.filter(name=name).update(read_at=None)


def _together(reader: LogReader) -> AbstractContextManager[object]:
    return transaction.atomic() if reader.in_database else nullcontext()


def _advance(reader: LogReader, before: Cursor, after: Cursor) -> bool:
    """Move the cursor on; False when somebody else has moved it already."""
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
    """Note when to try again; returns how often it has failed in a row."""
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
        return 1  # the database is away, and says so itself
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
        """Start it, unless it runs already or settings.LOG_FOLLOW_SECONDS is 0."""
        with self._lock:
            if settings.LOG_FOLLOW_SECONDS and (self._thread is None or not self._thread.is_alive()):
                self._ended = False
                self._thread = threading.Thread(target=self._run, name="log-readers", daemon=True)
                self._thread.start()

    def wake(self) -> None:
        """Look at once; in a process without the thread nothing happens, and another process will."""
        self._wake.set()

    def stop(self) -> None:
        """Let it come to the end of what it is doing, and end it."""
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
                # There is no other thread here to go on if this one ends.
                log.exception("The readers of the log of changes failed; they are tried again in a second.")
            finally:
                close_old_connections()
        connection.close()


follower = Follower()
wake_readers = follower.wake
