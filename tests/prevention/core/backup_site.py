"""A site of its own for the tests of backup and restore, driven from outside as a person would."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
SECRET = "kR7-x2Lq9_vT4mN8pZ1wY6cB3dF5gH0jS-aEuIoKlMnQrStUvWxYz"
SESSION = "0key0to0the0admin0of0an0editor00"

# A little of everything that a backup must hold, and a session, which it must not.
CONTENT = f"""
from io import BytesIO
from PIL import Image
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from prevention import clock
from prevention.media.models import CandourDocument, CandourImage
from prevention.users.models import User
picture = BytesIO()
Image.new("RGB", (64, 48), "teal").save(picture, "PNG")
image = CandourImage(title="A picture", is_decoration=True)
image.file = ImageFile(picture, name="picture.png")
image.save()
image.get_rendition("width-32")
document = CandourDocument(title="A lesson")
document.file.save("Ünïcode lesson.pdf", ContentFile(b"%PDF-1.4 " + bytes(range(256)) * 40))
document.save()
User.objects.create(username="ed", email="ed@candour.example")
Session.objects.create(session_key="{SESSION}", session_data="who-is-it", expire_date=clock.now())
"""


@dataclass(frozen=True)
class Site:
    """A folder with a site in it, and the variables that its commands run with."""

    folder: Path
    env: dict[str, str]

    def run(self, *command: str, **more: Any) -> subprocess.CompletedProcess[str]:
        """Run a command line of ours; nobody is at its terminal."""
        options = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True, **more}
        return subprocess.run([sys.executable, *command], cwd=ROOT, env=self.env, check=False, **options)

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a management command."""
        return self.run("manage.py", *arguments)

    def must(self, *arguments: str) -> str:
        """Run a management command that is to succeed; returns what it said."""
        result = self.manage(*arguments)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def refuses(self, *arguments: str) -> str:
        """Run a management command that is to fail with a sentence; returns it."""
        result = self.manage(*arguments)
        assert result.returncode == 1, result.stdout + result.stderr
        assert "Traceback" not in result.stderr
        return result.stderr.removeprefix("CommandError: ").strip()

    def back_up(self, name: str = "saved.tar.gz") -> Path:
        """Make a backup in the folder above the site, and return it."""
        target = self.folder.parent / name
        self.must("backup", str(target))
        return target

    @property
    def media(self) -> Path:
        """The uploads."""
        return self.folder / "media"

    @property
    def database(self) -> Path:
        """The file of the database, on SQLite."""
        return self.folder / "db.sqlite3"

    def uploads(self) -> dict[str, str]:
        """The hash of every upload by its path."""
        return hashes(self.media)

    def leftovers(self) -> list[str]:
        """What lies about that is neither the site nor a finished backup."""
        return sorted(
            path.name
            for folder in (self.folder, self.folder / "backups", self.folder.parent)
            if folder.exists()
            for path in folder.iterdir()
            if path.name.startswith(".")
        )


def hashes(folder: Path) -> dict[str, str]:
    """Return the hash of every file below `folder` by its path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def local_site(folder: Path) -> Site:
    """A site with the settings of `make run`, at home in `folder`."""
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "PYTHONPATH"}}
    own = {
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
        "SECRET_KEY": SECRET,
        "LOCAL_DIR": str(folder),
    }
    return Site(folder, {**kept, **own})


def production_site(folder: Path, database_url: str) -> Site:
    """A site with the settings of production, its uploads in `folder`."""
    kept = {name: value for name, value in os.environ.items() if name not in {"LOCAL_DIR", "PYTHONPATH"}}
    own = {
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "SECRET_KEY": SECRET,
        "ALLOWED_HOSTS": "candour.example",
        "BASE_URL": "https://candour.example",
        "EMAIL_HOST": "mail.example",
        "DEFAULT_FROM_EMAIL": "team@candour.example",
        "DATABASE_URL": database_url,
        "DATA_DIR": str(folder),
    }
    return Site(folder, {**kept, **own})


def fill(site: Site) -> None:
    """Give a new site its tables and some content."""
    site.must("migrate", "--no-input", "--verbosity", "0")
    site.must("shell", "--verbosity", "0", "--command", CONTENT)


def rows(
    database: Path, *, without: Iterable[str] = ("django_session", "core_contentstamp", "core_contentchange")
) -> list[str]:
    """Return everything that an SQLite database holds as lines of SQL, in order, but for some tables."""
    skipped = tuple(f'INSERT INTO "{name}"' for name in without)
    with closing(sqlite3.connect(database)) as connection:
        return sorted(line for line in connection.iterdump() if not line.startswith(skipped))


def ask(connection: sqlite3.Connection, question: str) -> list[Any]:
    """Return the first column of an answer."""
    return [row[0] for row in connection.execute(question)]


# --- Archives that are damaged in one way ------------------------------------------------------------------


Parts = dict[str, bytes]
Pack = Callable[[Path], None]


def parts_of(backup: Path) -> Parts:
    """Return the members of a backup by name, read by nothing of ours."""
    with tarfile.open(backup) as tar:
        return {info.name: tar.extractfile(info).read() for info in tar}  # type: ignore[union-attr]


def pack(target: Path, parts: Iterable[tuple[str, bytes] | tuple[tarfile.TarInfo, bytes]]) -> None:
    """Write members as they are given, in this order, into a sound archive."""
    with tarfile.open(target, "w:gz", compresslevel=1) as tar:
        for name, content in parts:
            info = tarfile.TarInfo(name) if isinstance(name, str) else name
            info.size = len(content) if info.isreg() else 0
            tar.addfile(info, io.BytesIO(content))


def relisted(parts: Parts, **changes: Any) -> Parts:
    """Return the members with a manifest that fits them, and that says what `changes` say."""
    manifest = json.loads(parts["manifest.json"])
    manifest["members"] = {
        name: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in parts.items()
        if name != "manifest.json"
    }
    manifest.update(changes)
    return {**parts, "manifest.json": json.dumps(manifest).encode()}


def special(name: str, kind: bytes, link: str = "") -> tuple[tarfile.TarInfo, bytes]:
    """Return a member that is no plain file."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info, b""


def damages(good: Path, folder: Path) -> dict[str, tuple[Path, str]]:
    """Write archives into `folder`, each wrong in one way: {what is wrong: (the file, what is said)}."""
    whole, parts = good.read_bytes(), parts_of(good)
    upload = next(name for name in parts if name.endswith(".pdf"))
    migrations = json.loads(parts["manifest.json"])["migrations"]
    other = {name: content for name, content in parts.items() if not name.startswith("database")}
    torn = bytearray(parts["database.sqlite3"])
    torn[4096 * 3 : 4096 * 30] = b"\xff" * 4096 * 27

    raw: dict[str, tuple[bytes, str]] = {
        "cut in half": (whole[: len(whole) // 2], "cut short or damaged"),
        "without its last byte": (whole[:-1], "cut short or damaged"),
        "with something behind it": (whole + b"more", "cut short or damaged"),
        "empty": (b"", "no manifest.json|cut short or damaged"),
        "a text": (b"Dear diary", "cut short or damaged"),
        "a packed text": (gzip.compress(b"Dear diary" * 999), "cut short or damaged"),
    }
    changed: dict[str, tuple[Parts, str]] = {
        "without a manifest": ({"database.sqlite3": b""}, "no manifest.json"),
        "a byte is another": ({**parts, upload: b"!" + parts[upload][1:]}, "is not what was put in"),
        "a byte is too many": ({**parts, upload: parts[upload] + b"!"}, "is not what was put in"),
        "an upload is missing": ({n: c for n, c in parts.items() if n != upload}, "lesson.pdf is missing"),
        "an upload is too many": ({**parts, "media/more.pdf": b"%PDF"}, "media/more.pdf is not in its list"),
        "a stranger": (relisted({**parts, "settings.py": b"x"}), "settings.py in it does not belong"),
        "leaves the archive": (relisted({**parts, "media/../../evil": b"x"}), "evil in it does not belong"),
        "goes up": (relisted({**parts, "../evil": b"x"}), "evil in it does not belong"),
        "starts at the root": (relisted({**parts, "/evil": b"x"}), "evil in it does not belong"),
        "lies below a file": (relisted({**parts, f"{upload}/x": b"x"}), "twice"),
        "a manifest of nonsense": ({**parts, "manifest.json": b"{"}, "can not be read"),
        "a manifest of numbers": ({**parts, "manifest.json": b"[1]"}, "can not be read"),
        "a manifest of holes": ({**parts, "manifest.json": b'{"format": 1}'}, "can not be read"),
        "a newer format": (relisted(parts, format=2), "made by a newer Candour"),
        "a newer Candour": (
            relisted(parts, migrations=[*migrations, "core.0099_more"], candour="9.0"),
            r"made by a newer Candour \(9.0\): this one does not know core.0099_more",
        ),
        "another engine": (
            relisted({"database.sql": b"SELECT 1;", **other}, engine="postgresql"),
            "of PostgreSQL, and the site runs on SQLite",
        ),
        "two databases": (relisted({"database.sql": b"", **parts}), "not exactly one database"),
        "no database": (relisted(other), "not exactly one database"),
        "a torn database": (relisted({**parts, "database.sqlite3": bytes(torn)}), "SQLite"),
        "no database but a name": (relisted({**parts, "database.sqlite3": b"x" * 5000}), "SQLite can not"),
    }
    links = {
        "a link": special("media/link", tarfile.SYMTYPE, "/etc/passwd"),
        "a hard link": special("media/link", tarfile.LNKTYPE, upload),
        "a folder": special("media/folder", tarfile.DIRTYPE),
        "a pipe": special("media/pipe", tarfile.FIFOTYPE),
    }
    made: dict[str, tuple[Path, str]] = {}
    for name, (content, said) in raw.items():
        (folder / name).write_bytes(content)
        made[name] = (folder / name, said)
    for name, (members, said) in changed.items():
        pack(folder / name, members.items())
        made[name] = (folder / name, said)
    for name, member in links.items():
        pack(folder / name, [*parts.items(), member])
        made[name] = (folder / name, "a link or no plain file")
    pack(folder / "an upload twice", [*parts.items(), (upload, parts[upload])])
    return {**made, "an upload twice": (folder / "an upload twice", "twice")}
