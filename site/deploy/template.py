"""Makes a template, a database with the starter content, once, and copies it (decision 43).

    template.py              make the template, unless there is one, and print its folder
    template.py copy FOLDER  the same, and copy its database and uploads into FOLDER

Migrating a new database and loading the starter content take half a minute of computing; a copy takes none. A
template is valid for one state of the migrations, the starter content, the code that loads it and the
packages; its folder is named by a hash of these. `make run` uses it for a new site, and the tests use it. It
needs the standard library only.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".template"
DATABASE = "db.sqlite3"
MEDIA = "media"
OURS = ("prevention", "resources", "search")
# The files that decide the content of a template, besides migrations: starter content, the code that loads,
# cleans and indexes it, and the packages.
INPUTS = (
    "prevention/home/starter",
    "prevention/home/starter_loader",
    "prevention/core/sanitise.py",
    "prevention/core/fields.py",
    "prevention/core/change_log",
    "prevention/core/log_readers.py",
    "search/indexing.py",
    "search/engines",
    "site/deploy/requirements.lock",
    "site/deploy/template.py",
)
KEPT = 3  # templates that are not deleted, for example those of other branches
STEPS = ("migrate --no-color --no-input --verbosity 0", "load_starter --no-color")


class TemplateError(Exception):
    """The template could not be made. The message says why."""


def fingerprint() -> str:
    """Return a hash (16 hexadecimal digits) of all files that decide the content of the template."""
    digest = hashlib.sha256()
    for path in sorted(_inputs()):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _inputs() -> Iterator[Path]:
    for name in INPUTS:
        path = ROOT / name
        yield from (file for file in path.rglob("*") if _counts(file)) if path.is_dir() else [path]
    for package in OURS:
        yield from (file for file in (ROOT / package).glob("**/migrations/*.py") if _counts(file))


def _counts(path: Path) -> bool:
    return path.is_file() and path.suffix != ".pyc"


def place() -> Path:
    """Return the folder of this checkout's template, whether it exists or not."""
    return FOLDER / fingerprint()


def ensure() -> Path:
    """Make the template unless it exists; return its folder. Raises TemplateError when that fails.

    When several processes call this at once, one makes the template and the others wait.
    """
    target = place()
    if not (target / DATABASE).exists():
        FOLDER.mkdir(exist_ok=True)
        with _alone():
            if not (target / DATABASE).exists():
                _make(target)
                _forget_old()
    return target


def copy(target: Path) -> None:
    """Copy the template's database and uploads into the folder `target`. Raises TemplateError."""
    source = ensure()
    shutil.copyfile(source / DATABASE, target / DATABASE)
    (target / DATABASE).chmod(0o600)
    shutil.copytree(source / MEDIA, target / MEDIA, dirs_exist_ok=True)


@contextmanager
def _alone() -> Iterator[None]:
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(target: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="making-", dir=FOLDER) as name:
        made = Path(name)
        env = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "PYTHONPATH"}}
        env |= {
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
            "SECRET_KEY": secrets.token_urlsafe(64),
            "LOCAL_DIR": name,
        }
        done = subprocess.run(
            [sys.executable, str(ROOT / "site" / "deploy" / "run_commands.py"), *STEPS],
            cwd=ROOT, env=env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise TemplateError(f"The starter content could not be loaded:\n{done.stdout}{done.stderr}")
        # Move the write-ahead log into the one file, and make that as small as possible.
        with closing(sqlite3.connect(made / DATABASE)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("VACUUM")
        (made / MEDIA).mkdir(exist_ok=True)
        made.rename(target)
        made.mkdir()  # TemporaryDirectory expects the folder when it deletes it


def _forget_old() -> None:
    made = [path for path in FOLDER.iterdir() if (path / DATABASE).exists()]
    for path in sorted(made, key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]:
        shutil.rmtree(path, ignore_errors=True)


def main(arguments: list[str]) -> int:
    """Run the command that `arguments` name; return the exit status."""
    try:
        if arguments[:1] == ["copy"] and len(arguments) == 2:
            copy(Path(arguments[1]))
        elif arguments:
            raise TemplateError(f"Use {Path(__file__).name}, or {Path(__file__).name} copy FOLDER.")
        sys.stdout.write(f"{ensure()}\n")
    except TemplateError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
