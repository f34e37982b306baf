"""Run the tests on a real PostgreSQL that is made for them, reached by a Unix socket only, and thrown away.

    python tests/on_postgres.py [pytest arguments]

Exit status: that of pytest. Without PostgreSQL: 0 and a line that says how to get it; with CI=true, 1.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
MISSING = "PostgreSQL was not found, so the tests did not run on it. To have it: apt-get install postgresql"
NAME = "candour"


def find_binaries() -> Path | None:
    """Return the folder with the newest initdb and postgres; Debian does not put it on the PATH."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).parent] if on_path else []
    for pattern in ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql*/bin"):
        folders += sorted(Path("/").glob(pattern), key=version_of, reverse=True)
    return next(
        (path for path in folders if (path / "initdb").exists() and (path / "postgres").exists()), None
    )


def version_of(folder: Path) -> int:
    """Return the version in a path such as /usr/lib/postgresql/15/bin, or 0."""
    return int("".join(character for character in str(folder) if character.isdigit()) or 0)


def other_user() -> pwd.struct_passwd | None:
    """Return the user to run PostgreSQL as, if we are root (PostgreSQL refuses root), else None."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise SystemExit("PostgreSQL refuses to run as root, and there is no user postgres or nobody here.")


@contextmanager
def temporary_server(binaries: Path) -> Iterator[str]:
    """Run a server with an empty database; yield its DATABASE_URL.

    Raises SystemExit with the server's output when it does not start.
    """
    user = other_user()
    identity: dict[str, Any] = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    with tempfile.TemporaryDirectory(prefix="pg-") as name:
        folder, data = Path(name), Path(name) / "data"
        if user:
            os.chown(folder, user.pw_uid, user.pw_gid)
        initdb = [str(binaries / "initdb"), "--pgdata", str(data), "--username", NAME, "--encoding", "UTF8"]
        made = subprocess.run(
            [*initdb, "--locale", "C", "--auth", "trust", "--no-sync"],
            cwd=folder, capture_output=True, text=True, check=False, **identity,
        )  # fmt: skip
        if made.returncode:
            raise SystemExit(f"initdb failed:\n{made.stdout}{made.stderr}")
        # No network; and no fsync, which makes it twice as fast, because nothing needs to survive a crash.
        careless = ["fsync=off", "full_page_writes=off", "synchronous_commit=off"]
        options = ["listen_addresses=", f"unix_socket_directories={folder}", *careless]
        arguments = [part for option in options for part in ("-c", option)]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [str(binaries / "postgres"), "-D", str(data), *arguments],
                cwd=folder, stdout=log, stderr=subprocess.STDOUT, **identity,
            )  # fmt: skip
        try:
            wait_until_ready(server, folder)
            yield f"postgres://{NAME}@{str(folder).replace('/', '%2F')}/postgres"
        finally:
            server.send_signal(signal.SIGINT)  # "fast": drop the connections, stop
            server.wait(timeout=30)


def wait_until_ready(server: subprocess.Popen[bytes], folder: Path) -> None:
    """Return when the server answers on its socket; raises SystemExit with its log when it ends first."""
    import psycopg

    for _ in range(300):
        if server.poll() is not None:
            break
        try:
            psycopg.connect(host=str(folder), user=NAME, dbname="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"PostgreSQL did not start:\n{(folder / 'log').read_text(errors='replace')[-3000:]}")


def main(arguments: list[str]) -> int:
    """Run pytest on PostgreSQL; returns the exit status of this script."""
    binaries = find_binaries()
    if binaries is None:
        print(MISSING)
        return 1 if os.environ.get("CI") == "true" else 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is stopped then, too
    print(f"Tests on PostgreSQL ({binaries})", flush=True)
    with temporary_server(binaries) as url:
        env = {**os.environ, "DATABASE_URL": url}
        command = [sys.executable, "-m", "pytest", "--numprocesses", "auto", "--dist", "worksteal"]
        # The browser tests see the same pages whichever database is below; they ran on SQLite.
        command += ["-m", "not e2e"]
        # With arguments somebody has chosen some tests; without, those for PostgreSQL must be among them.
        command += arguments or ["-p", "tests.required", "--require", "postgres", "--with-database"]
        return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
