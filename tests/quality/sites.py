"""Set up a database with the starter content for each engine, and serve the site on it."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.e2e.server import DEPLOY, HOST, ROOT, free_port, is_up
from tests.on_elasticsearch import missing_programs, temporary_node
from tests.on_postgres import MISSING, find_binaries, temporary_server

ENGINES = ("sqlite", "postgresql", "elasticsearch")
# The line in the log when the database answered instead of Elasticsearch.
FELL_BACK = "Elasticsearch does not answer"
Environment = dict[str, str]


def add_engine(parser: ArgumentParser) -> None:
    """Add the option --engine; `chosen` reads it."""
    parser.add_argument("--engine", choices=(*ENGINES, "all"), default="all")


def chosen(engine: str) -> tuple[str, ...]:
    """Return the engines that --engine names."""
    return ENGINES if engine == "all" else (engine,)


@contextmanager
def prepared(engine: str) -> Iterator[Environment]:
    """Set up `engine` with the starter content in a folder; yield the environment variables to run on it.

    Raises SystemExit with the reason if the engine is not available or the content does not load.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="quality-"))
        env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.quality.settings",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}",
            "LOCAL_DIR": folder,
            "SECRET_KEY": secrets.token_urlsafe(64),
            "PORT": str(free_port()),
            "BIND_ADDRESS": HOST,
            "DATABASE_URL": stack.enter_context(_postgresql()) if engine == "postgresql" else "",
            "ELASTICSEARCH_URL": stack.enter_context(_elasticsearch()) if engine == "elasticsearch" else "",
        }
        (Path(folder) / "static").mkdir()
        steps = ["migrate --no-input --verbosity 0", "load_starter", "rebuild_search"]
        done = subprocess.run(
            [sys.executable, str(DEPLOY / "run_commands.py"), *steps],
            cwd=ROOT, env=env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"The content could not be loaded:\n{done.stdout}{done.stderr}")
        yield env


@contextmanager
def served(env: Environment) -> Iterator[str]:
    """Serve the site of `prepared` as `make run` does; yield its address.

    Raises SystemExit if it does not start, or if another engine than `engine` gave answers.
    """
    log = Path(env["LOCAL_DIR"]) / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", str(DEPLOY / "gunicorn.conf.py")],
            cwd=ROOT, env=env, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while not is_up(int(env["PORT"])):
            if server.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"The server did not start:\n{log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.1)
        yield f"http://{HOST}:{env['PORT']}"
    finally:
        server.terminate()
        server.wait(timeout=40)
    if FELL_BACK in log.read_text(errors="replace"):
        raise SystemExit(
            "Elasticsearch failed at least once and the database answered: nothing was measured."
        )


@contextmanager
def _postgresql() -> Iterator[str]:
    binaries = find_binaries()
    if binaries is None:
        raise SystemExit(MISSING)
    with temporary_server(binaries) as url:
        yield url


@contextmanager
def _elasticsearch() -> Iterator[str]:
    url = os.environ.get("ELASTICSEARCH_URL", "")
    if not url:
        if missing := missing_programs():
            raise SystemExit(
                f"Elasticsearch needs {', '.join(missing)}. Or say where one is: ELASTICSEARCH_URL"
            )
        with temporary_node() as url:
            yield url
        return
    try:
        yield url
    finally:
        drop_indices(url, "candour-quality")


def drop_indices(url: str, alias: str) -> None:
    """Remove every index behind `alias`."""
    from elasticsearch import Elasticsearch

    with Elasticsearch(url) as client:
        names = list(client.indices.get(index=f"{alias}-*"))
        if names:
            client.indices.delete(index=names)
