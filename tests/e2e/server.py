"""The site as `make run` serves it, for a test run: the real server, a database file of its own."""

from __future__ import annotations

import fcntl
import os
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

from deploy import template

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "site" / "deploy"
HOST = "127.0.0.1"
WORKERS = 2
LOG = "server.log"
GONE = "naphyrone"  # a page that has ended
# These are set for the tests themselves, and must not reach the server.
NOT_INHERITED = {"DATABASE_URL", "PYTHONPATH", "DJANGO_ALLOW_ASYNC_UNSAFE", "CI"}
Counts = dict[tuple[str, str, str], int]


@dataclass(frozen=True)
class Site:
    """A running site: its address, its folder, and the administrator's password."""

    port: int
    folder: Path
    password: str
    process: int
    env: dict[str, str] = field(repr=False)

    @property
    def url(self) -> str:
        """The address without a slash at its end, so that paths can be added."""
        return f"http://{HOST}:{self.port}"

    @property
    def database(self) -> Path:
        """The database file of the site."""
        return self.folder / "db.sqlite3"

    @property
    def log(self) -> Path:
        """Return everything that the server has printed."""
        return self.folder / LOG

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Return rows of the database file, read while the server runs."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)) as connection:
            return connection.execute(query, values).fetchall()

    def counts(self) -> Counts:
        """Return what has been counted so far: {(measure, content, facet): n}."""
        rows = self.rows("SELECT measure, content, facet, SUM(n) FROM engagement_count GROUP BY 1, 2, 3")
        return {(str(measure), str(content), str(facet)): int(str(n)) for measure, content, facet, n in rows}

    def run(self, code: str) -> None:
        """Run Python with the site's database, as `manage.py shell` does."""
        command = [sys.executable, "manage.py", "shell", "--no-imports", "--command", code]
        subprocess.run(command, cwd=ROOT, env=self.env, check=True)

    def workers(self) -> list[int]:
        """Return the process ids of the workers."""
        found = subprocess.run(["pgrep", "-P", str(self.process)], capture_output=True, text=True, check=True)
        return [int(line) for line in found.stdout.split()]

    @contextmanager
    def answered_by(self, worker: int) -> Iterator[None]:
        """Stop all other workers inside the block, so that this one has to answer."""
        others = [other for other in self.workers() if other != worker]
        for other in others:
            os.kill(other, signal.SIGSTOP)
        try:
            yield
        finally:
            for other in others:
                os.kill(other, signal.SIGCONT)

    def count_after(self, key: tuple[str, str, str], before: Counts, *, patience: float = 6.0) -> int:
        """Return the growth of the count `key` since `before`, after the writer, which runs each second."""
        grown, deadline = 0, time.monotonic() + patience
        while not grown and time.monotonic() < deadline:
            time.sleep(0.2)
            grown = self.counts().get(key, 0) - before.get(key, 0)
        return grown


def free_port() -> int:
    """Return a port that is free at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def prepare(env: dict[str, str], static: Path) -> str:
    """Do the steps of `make run`: content, administrator, static files. Return the password.

    The static files are gathered once, in the folder `static`, for all the sites of a run.
    """
    folder = Path(env["LOCAL_DIR"])
    template.copy(folder)
    # One page ends on its date, by the command that the scheduler runs: its address has a tombstone.
    with closing(sqlite3.connect(folder / "db.sqlite3")) as connection, connection:
        connection.execute("UPDATE wagtailcore_page SET expire_at = '2026-01-01' WHERE slug = ?", (GONE,))
    said = run_commands(env, "create_local_admin", "publish_scheduled")
    with static.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not static.exists():
            run_commands(env, "collectstatic --no-input")
            (folder / "static").rename(static)
    (folder / "static").symlink_to(static)
    line = next(line for line in said.splitlines() if line.startswith("Password: "))
    return line.split()[1]


def run_commands(env: dict[str, str], *steps: str) -> str:
    """Run management commands in one process; return their output. Raises RuntimeError if one fails."""
    done = subprocess.run(
        [sys.executable, str(DEPLOY / "run_commands.py"), *steps],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"The site could not be prepared:\n{done.stdout}{done.stderr}")
    return done.stdout


def is_up(port: int) -> bool:
    """Return whether the health page answers 200."""
    try:
        with closing(HTTPConnection(HOST, port, timeout=5)) as connection:
            connection.request("GET", "/healthz/")
            return connection.getresponse().status == 200
    except OSError:
        return False


def wait_until_up(server: subprocess.Popen[bytes], site: Site) -> None:
    """Return when the site answers; raises RuntimeError with the server's log when it does not."""
    deadline = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < deadline:
        if is_up(site.port):
            return
        time.sleep(0.1)
    raise RuntimeError(f"The server did not start:\n{site.log.read_text(errors='replace')[-3000:]}")


@contextmanager
def running_site(folder: Path, static: Path) -> Iterator[Site]:
    """Prepare a site in `folder`, serve it, end it. Raises RuntimeError when it does not start.

    `static` is where the static files of all the sites of a run are.
    """
    port = free_port()
    env = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    env |= {
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "LOCAL_DIR": str(folder),
        "PORT": str(port),
        "BIND_ADDRESS": HOST,
        "WEB_CONCURRENCY": str(WORKERS),
    }
    password = prepare(env, static)
    with (folder / LOG).open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", str(DEPLOY / "gunicorn.conf.py")],
            cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        site = Site(port, folder, password, server.pid, env)
        wait_until_up(server, site)
        yield site
    finally:
        server.terminate()
        server.wait(timeout=40)
