"""Saves and loads the database of a backup on PostgreSQL, with pg_dump and psql."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from django.db import connection, transaction
from psycopg.conninfo import make_conninfo
from psycopg.pq import Conninfo

from prevention.core.backup.manifest import BackupError, Facts, read_facts

# Where operating systems install the programs of each version; the PATH is searched as well.
FOLDERS = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql*/bin")
LOCK_TIMEOUT = "60s"

# Empties the schema and gives it the rights of a new database: everybody may use it, its owner may write.
EMPTY = f"""
SET LOCAL client_min_messages = warning;
SET LOCAL lock_timeout = '{LOCK_TIMEOUT}';
DROP SCHEMA IF EXISTS public CASCADE;
CREATE SCHEMA public;
GRANT USAGE ON SCHEMA public TO PUBLIC;
"""


def save(target: Path) -> tuple[Facts, str]:
    """Write one snapshot of the live database, without sessions, to the new file `target`.

    Returns the facts of that snapshot, and a remark for the person at the terminal ('' for none). Raises
    BackupError when pg_dump is missing, is older than the server, or fails, and when there are no tables.
    """
    server = _server_version()
    program, version = find_program("pg_dump", server)
    with transaction.atomic(), connection.cursor() as cursor:
        # pg_dump is given the snapshot of this transaction, so that the facts are those of the dump.
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        facts = read_facts(cursor, connection.introspection.table_names(cursor))
        cursor.execute("SELECT pg_export_snapshot()")
        options = ["--format=plain", "--no-owner", "--no-privileges", "--encoding=UTF8"]
        options += [f"--snapshot={cursor.fetchone()[0]}", f"--file={target}"]
        # Sessions are left out because whoever has one is signed in to the admin.
        _run([program, *options, "--exclude-table-data=django_session"], "The database could not be read")
    if version == server:
        return facts, ""
    return facts, (
        f"pg_dump is of PostgreSQL {version} and the server of {server}: a server older than {version} may "
        f"not take this backup. Install the client programs of PostgreSQL {server} to be sure."
    )


def check(path: Path) -> None:
    """Raise BackupError when psql, which loads the dump, is missing or older than the server."""
    find_program("psql", _server_version())


def load(path: Path) -> None:
    """Replace the live database with the dump `path`, in one transaction.

    Readers wait until it ends. Raises BackupError with PostgreSQL's message when it fails; nothing has
    changed then.
    """
    program, _ = find_program("psql", _server_version())
    connection.ensure_connection()
    options = [
        "--no-psqlrc",
        "--quiet",
        "--single-transaction",
        "--set=ON_ERROR_STOP=1",
        "--output=/dev/null",
    ]
    _run(
        [program, *options, f"--command={EMPTY}", f"--file={path}"],
        "The database did not take the backup, and is as it was before",
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # without it the first searches are slow


def find_program(name: str, server: int) -> tuple[str, int]:
    """Return (path, main version) of the program `name` that suits a server of main version `server`.

    A program of the same version is preferred, else the newest. Raises BackupError when none is new enough.
    """
    on_path = shutil.which(name)
    places = [Path(on_path)] if on_path else []
    for pattern in FOLDERS:
        places += sorted(path / name for path in Path("/").glob(pattern) if (path / name).exists())
    found = [(_version(path), path) for path in places]
    usable = [(version, path) for version, path in found if version >= server]
    if usable:
        version, path = min(usable, key=lambda one: (one[0] != server, -one[0]))
        return str(path), version
    newest = max((version for version, _ in found), default=0)
    has = (
        f"{name} here is of PostgreSQL {newest}, older than the server"
        if newest
        else f"There is no {name} here"
    )
    raise BackupError(
        f"{has}, which is PostgreSQL {server}. Install the client programs of that version "
        f"(Debian: apt-get install postgresql-client-{server}). Nothing was changed."
    )


def _version(program: Path) -> int:
    """Return the main version that a program prints, 0 when it prints none."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - found by us
    match = re.search(r"\(PostgreSQL\) (\d+)", said.stdout)
    return int(match.group(1)) if match else 0


def _server_version() -> int:
    """Return the main version of the PostgreSQL server, such as 16."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10000


def connection_parameters() -> dict[str, str]:
    """Return {name: value} of the database settings that pg_dump and psql know, such as host and dbname."""
    # Read from the settings, not from the open connection: its library may be newer than the programs and use
    # parameters that they do not know. Django's own options (cursors, adapters) are no parameters of libpq.
    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    given = connection.get_connection_params()
    return {name: str(value) for name, value in given.items() if name in known and value is not None}


def _run(command: list[str], complaint: str) -> None:
    """Run a program of PostgreSQL on the live database.

    Raises BackupError with `complaint` and the program's message when it fails.
    """
    parameters = connection_parameters()
    # The password goes into the environment: every user of the machine can read a command line.
    env = {**os.environ, "PGPASSWORD": parameters.pop("password", "")}
    result = subprocess.run(  # noqa: S603 - no part of it comes from a reader
        [*command, f"--dbname={make_conninfo(**parameters)}"],
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if result.returncode:
        lines = result.stderr.strip().splitlines() or ["no reason was given"]
        reason = next((line for line in lines if re.search(r"\b(error|ERROR|FATAL)\b", line)), lines[0])
        raise BackupError(f"{complaint}: {reason[:300]}")
