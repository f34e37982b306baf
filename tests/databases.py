"""Databases for the tests: copies of one template with the starter content, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections

from deploy import template
from tests import postgres

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def copied(folder: Path, name: str) -> Iterator[None]:
    """Connect the default database to a new copy of the template inside the block.

    `name` distinguishes the copy from others. The uploads of the template are copied to MEDIA_ROOT.
    """
    shutil.copytree(template.ensure() / template.MEDIA, settings.MEDIA_ROOT, dirs_exist_ok=True)
    if connection.vendor == "sqlite":
        target = folder / f"{name}.sqlite3"
        shutil.copyfile(template.ensure() / template.DATABASE, target)
        with _connected_to(str(target)):
            yield
        for path in folder.glob(f"{name}.sqlite3*"):
            path.unlink()
    else:
        url = os.environ["DATABASE_URL"]
        postgres.create_from(url, _postgres_template(url), name)
        with _connected_to(name):
            yield
        postgres.drop(url, name)


@contextmanager
def _connected_to(name: str) -> Iterator[None]:
    rows: dict[str, Any] = connections.settings["default"]
    before = rows["NAME"]
    connections.close_all()
    rows["NAME"] = connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        rows["NAME"] = connection.settings_dict["NAME"] = before


def _postgres_template(url: str) -> str:
    """Return the name of the template database on this server; create it if there is none.

    The first run of a checkout builds it and dumps it; later runs load the dump.
    """
    name = f"template_{template.fingerprint()}"
    with postgres.alone(url):
        if postgres.exists(url, name):
            return name
        postgres.create(url, f"{name}_making")
        made = postgres.url_of(url, f"{name}_making")
        dump = template.ensure() / f"postgresql-{postgres.major(url)}.sql"
        if dump.exists():
            postgres.load(made, dump)
        else:
            _load_content(made)
            postgres.dump(made, dump)
        postgres.rename(url, f"{name}_making", name)
    return name


def _load_content(url: str) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "site" / "deploy" / "run_commands.py"), *template.STEPS],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings.test"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"The starter content could not be loaded:\n{done.stdout}{done.stderr}")
