"""The database part of a backup on SQLite, by its online backup: who reads or writes meanwhile may go on."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection

from prevention import clock
from prevention.core.backup.manifest import BackupError, Facts, read_facts, unreadable

PATIENCE = 60  # seconds for somebody else's transaction to end
BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def save(target: Path) -> tuple[Facts, str]:
    """Copy the live database, as it is at one moment and without sessions, into the new file `target`.

    Returns what it says of itself, and a remark for the person at the terminal (none here). Raises
    BackupError when it is busy for too long, damaged, or has no tables.
    """
    try:
        return _save(target), ""
    except sqlite3.DatabaseError as error:
        raise BackupError(
            f"The database is damaged, and can not be backed up ({error}). Restore a backup that you have, "
            "with --no-safety-copy."
        ) from error


def _save(target: Path) -> Facts:
    """Do what `save` says; raises sqlite3.DatabaseError, too, when the database is damaged."""
    with closing(sqlite3.connect(target, isolation_level=None)) as copy:
        _transfer(_live(), copy)
        # One file, without a log beside it.
        copy.execute("PRAGMA journal_mode=DELETE")
        tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        facts = read_facts(copy.cursor(), tables)
        if "django_session" in tables:
            copy.execute("DELETE FROM django_session")
        # What was deleted, sessions among it, is still in the file until it is written anew.
        copy.execute("VACUUM")
        answer = copy.execute("PRAGMA integrity_check").fetchone()[0]
    if answer != "ok":
        raise sqlite3.DatabaseError(answer)
    return facts


def check(path: Path) -> None:
    """Raises BackupError when `path` is no sound database."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
            answer = database.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise BackupError(unreadable(f"SQLite can not read its database ({error})")) from error
    if answer != "ok":
        raise BackupError(unreadable(f"SQLite finds its database damaged ({answer})"))


def load(path: Path) -> None:
    """Make the live database what the file `path` holds, in one step.

    It is written into the file that is there, so that open connections of the workers see it, too: all of
    it, or nothing. Raises BackupError when somebody else writes for too long, or SQLite refuses.
    """
    with closing(sqlite3.connect(path)) as source:
        _transfer(source, _live())
    connection.close()


def _live() -> sqlite3.Connection:
    """Return the connection below Django's."""
    connection.ensure_connection()
    live: Any = connection.connection
    assert isinstance(live, sqlite3.Connection)  # noqa: S101 - the callers know the engine
    return live


def _transfer(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Make `target` equal to `source` in one transaction. Raises BackupError when that is not possible."""
    deadline = clock.monotonic() + PATIENCE

    def waiting(status: int, *_: int) -> None:
        if status in BUSY and clock.monotonic() > deadline:
            raise BackupError(
                f"Somebody else has kept the database busy for {PATIENCE} seconds. Nothing was changed. "
                "Stop the site, or try again when there is less to do."
            )

    try:
        source.backup(target, progress=waiting)
    except sqlite3.Error as error:
        raise BackupError(f"SQLite could not copy the database, and nothing was changed: {error}.") from error
