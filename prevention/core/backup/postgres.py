"""The database part of a backup on PostgreSQL, by its own programs: pg_dump, and psql in one transaction."""

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

# Where systems keep the programs of each version, beside the PATH.
FOLDERS = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql*/bin")
LOCK_TIMEOUT = "60s"

# With what a new database has: everybody may look into the schema, its owner may write.
EMPTY = f"""
SET LOCAL client_min_messages = warning;
SET LOCAL lock_timeout = '{LOCK_TIMEOUT}';
DROP SCHEMA IF EXISTS public CASCADE;
CREATE SCHEMA public;
GRANT USAGE ON SCHEMA public TO PUBLIC;
"""


def save(target: Path) -> tuple[Facts, str]:
    """Write the live database, as it is at one moment and without sessions, into the new file `target`.

    Returns what it says of itself, and a remark for the person at the terminal, which may be empty. Raises
    BackupError when pg_dump is missing, too old, or fails, and when there are no tables.
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
        # Sessions are keys to the admin.
        _run([program, *options, "--exclude-table-data=django_session"], "The database could not be read")
    if version == server:
        return facts, ""
    return facts, (
        f"pg_dump is of PostgreSQL {version} and the server of {server}: a server older than {version} may "
        f"not take this backup. Install the client programs of PostgreSQL {server} to be sure."
    )


def check(path: Path) -> None:
    """Raises BackupError when the program that loads `path` is missing or too old."""
    find_program("psql", _server_version())


def load(path: Path) -> None:
    """Make the live database what the dump `path` holds, in one transaction.

    Readers wait for its end at most; when it fails, everything is as before, and BackupError is raised with
    what PostgreSQL said.
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
    """Return the path and the version of a program for a server of this version: the same, else the newest.

    Raises BackupError when there is none that is new enough.
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
    """Return the main version of a program, 0 when it does not say."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - found by us
    match = re.search(r"\(PostgreSQL\) (\d+)", said.stdout)
    return int(match.group(1)) if match else 0


def _server_version() -> int:
    """Return the main version of the server."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10000


def connection_parameters() -> dict[str, str]:
    """Return what the settings say of the way to the database, as far as programs of PostgreSQL know it."""
    # Not what the open connection says of itself: its library may be newer than the programs, and names
    # settings that they do not know. Django's own additions (cursors, adapters) are no settings at all.
    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    given = connection.get_connection_params()
    return {name: str(value) for name, value in given.items() if name in known and value is not None}


def _run(command: list[str], complaint: str) -> None:
    """Run a program of PostgreSQL on the live database. Raises BackupError, with what it says, on failure."""
    parameters = connection_parameters()
    # The password goes by the environment: everybody on the machine can read a command line.
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
