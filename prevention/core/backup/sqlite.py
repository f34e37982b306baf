"""Saves and loads the database of a backup on SQLite, with its online backup; the site can go on running."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection

from prevention import clock
from prevention.core.backup.manifest import BackupError, Facts, read_facts, unreadable

PATIENCE = 60  # seconds to wait for another transaction to end
BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def save(target: Path) -> tuple[Facts, str]:
    """Copy the live database at one moment, without sessions, to the new file `target`.

    Returns the facts of that copy, and a remark for the person at the terminal (always '' here). Raises
    BackupError when the database is busy for more than 60 seconds, is damaged, or has no tables.
    """
    try:
        return _save(target), ""
    except sqlite3.DatabaseError as error:
        raise BackupError(
            f"The database is damaged, and can not be backed up ({error}). Restore a backup that you have, "
            "with --no-safety-copy."
        ) from error


def _save(target: Path) -> Facts:
    """Do the work of `save`. Raises sqlite3.DatabaseError when the database is damaged."""
    with closing(sqlite3.connect(target, isolation_level=None)) as copy:
        _transfer(_live(), copy)
        # Without the write-ahead log, so that the copy is one file.
        copy.execute("PRAGMA journal_mode=DELETE")
        tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        facts = read_facts(copy.cursor(), tables)
        if "django_session" in tables:
            copy.execute("DELETE FROM django_session")
        # VACUUM writes the file anew: deleted rows, such as the sessions, are otherwise still in it.
        copy.execute("VACUUM")
        answer = copy.execute("PRAGMA integrity_check").fetchone()[0]
    if answer != "ok":
        raise sqlite3.DatabaseError(answer)
    return facts


def check(path: Path) -> None:
    """Raise BackupError when `path` is not an undamaged SQLite database."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
            answer = database.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise BackupError(unreadable(f"SQLite can not read its database ({error})")) from error
    if answer != "ok":
        raise BackupError(unreadable(f"SQLite finds its database damaged ({answer})"))


def load(path: Path) -> None:
    """Replace the content of the live database with that of the file `path`, in one transaction.

    The pages are written into the existing file, so that open connections of other workers see them too.
    Raises BackupError when another writer keeps the database busy for more than 60 seconds, or SQLite fails.
    """
    with closing(sqlite3.connect(path)) as source:
        _transfer(source, _live())
    connection.close()


def _live() -> sqlite3.Connection:
    """Return the sqlite3 connection that Django's connection uses, opened if need be."""
    connection.ensure_connection()
    live: Any = connection.connection
    assert isinstance(live, sqlite3.Connection)  # noqa: S101 - the callers know the engine
    return live


def _transfer(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Copy `source` over `target` in one transaction. Raises BackupError when that is not possible."""
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
