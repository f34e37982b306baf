"""Create, copy, dump and drop databases on a PostgreSQL server, without Django."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from tests.on_postgres import find_binaries

LOCK = 20_260_712  # any number: the same for all workers of a run


def url_of(url: str, name: str) -> str:
    """Return the address of another database on the server of `url`."""
    return re.sub(r"/[^/]*$", f"/{name}", url)


@contextmanager
def server(url: str) -> Iterator[psycopg.Connection]:
    """Open a connection to the server in autocommit mode."""
    with psycopg.connect(url, autocommit=True) as connected:
        yield connected


@contextmanager
def alone(url: str) -> Iterator[None]:
    """Hold a lock on the server, so that only one worker of the run is inside the block."""
    with server(url) as connected:
        connected.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        yield


def major(url: str) -> int:
    """Return the main number of the server's version, such as 15."""
    with server(url) as connected:
        return connected.info.server_version // 10_000


def exists(url: str, name: str) -> bool:
    """Return whether there is a database of this name."""
    with server(url) as connected:
        return bool(connected.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone())


def create(url: str, name: str) -> None:
    """Make an empty database."""
    with server(url) as connected:
        connected.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def create_from(url: str, source: str, name: str) -> None:
    """Make a database as a copy of another, to which nobody is connected."""
    drop(url, name)
    with alone(url), server(url) as connected:
        connected.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(source))
        )


def rename(url: str, name: str, new: str) -> None:
    """Give a database another name."""
    with server(url) as connected:
        connected.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(new))
        )


def drop(url: str, name: str) -> None:
    """Remove a database, whoever is connected to it."""
    with server(url) as connected:
        connected.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def dump(url: str, path: Path) -> None:
    """Write a database into a file, as SQL."""
    making = path.with_suffix(".making")
    with making.open("wb") as file:
        _run("pg_dump", "--no-owner", "--no-privileges", "--dbname", _plain(url), stdout=file)
    making.rename(path)


def load(url: str, path: Path) -> None:
    """Run a file that `dump` wrote in an empty database."""
    options = ["--quiet", "--no-psqlrc", "--single-transaction", "--set", "ON_ERROR_STOP=1"]
    with Path(os.devnull).open("wb") as nowhere:
        _run("psql", *options, "--dbname", _plain(url), "--file", str(path), stdout=nowhere)


def _plain(url: str) -> str:
    return re.sub(r"^postgres:", "postgresql:", url)


def _run(program: str, *arguments: str, stdout: object) -> None:
    binaries = find_binaries()
    path = str(binaries / program) if binaries and (binaries / program).exists() else program
    subprocess.run([path, *arguments], stdout=stdout, check=True)  # type: ignore[call-overload]
