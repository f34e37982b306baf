"""The manifest of a backup: when it was made, by which version of Candour, and every file that is in it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Container
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db.migrations.loader import MigrationLoader

FORMAT = 1
NAME = "manifest.json"
UPLOADS = "media"
# {Django's name for the kind of database: name of the database's file in a backup}
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.sql"}


class BackupError(Exception):
    """A backup could not be made or restored. The message is a sentence that says what to do."""


@dataclass(frozen=True)
class Member:
    """One file of a backup: its size in bytes, and its SHA-256 in hexadecimal."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Facts:
    """What is read from a database: its applied migrations as "app.name", and its content version."""

    migrations: tuple[str, ...]
    content: dict[str, Any]


@dataclass(frozen=True)
class Manifest:
    """The manifest: `members` is {name in the backup: Member}, `made_at` a time in ISO 8601."""

    made_at: str
    engine: str
    candour: str
    migrations: tuple[str, ...]
    content: dict[str, Any]
    members: dict[str, Member]

    def to_json(self) -> bytes:
        """Return the manifest as the JSON that is written into a backup."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1).encode("ascii")

    @classmethod
    def from_json(cls, text: bytes) -> Manifest:
        """Return the manifest that the JSON `text` holds.

        Raises BackupError when it can not be read, or its format is newer than this code knows.
        """
        try:
            raw = json.loads(text)
            version = int(raw["format"])
        except (ValueError, TypeError, LookupError, RecursionError) as error:
            raise BackupError(unreadable(f"its {NAME} can not be read")) from error
        if version > FORMAT:
            raise BackupError(
                f"This backup has format {version}, and this Candour knows no format after {FORMAT}: it was "
                "made by a newer Candour. Update the code first, then restore."
            )
        try:
            return cls(
                made_at=str(raw["made_at"]),
                engine=str(raw["engine"]),
                candour=str(raw["candour"]),
                migrations=tuple(str(name) for name in raw["migrations"]),
                content=dict(raw["content"]),
                members={
                    str(name): Member(int(member["size"]), str(member["sha256"]))
                    for name, member in raw["members"].items()
                },
            )
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise BackupError(unreadable(f"its {NAME} can not be read")) from error

    def check_fits(self, engine: str) -> None:
        """Raise BackupError when a site whose kind of database is `engine` can not restore this backup.

        That is so when the kinds differ, or when the backup has migrations that this code does not know.
        """
        if self.engine != engine:
            raise BackupError(
                f"This backup is of {ENGINES.get(self.engine, self.engine)}, and the site runs on "
                f"{ENGINES.get(engine, engine)}. Set DATABASE_URL to a database of the kind of the backup, "
                "or choose another backup."
            )
        unknown = sorted(set(self.migrations) - known_migrations())
        if unknown:
            raise BackupError(
                f"This backup was made by a newer Candour ({self.candour}): this one does not know "
                f"{some(unknown)}. Update the code first, then restore."
            )


ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def unreadable(reason: str) -> str:
    """Return the error sentence for a file that is not a complete backup; `reason` is a clause within it."""
    return (
        f"This is not a whole backup of Candour: {reason}. Nothing was changed. Copy the file again from "
        "where you keep it, or choose another backup."
    )


def some(names: list[str]) -> str:
    """Return the first three of `names` in a text, and how many more there are."""
    # Escaped to ASCII: a name from a damaged file may hold control characters.
    shown = ", ".join(ascii(name)[1:-1] for name in names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"


def known_migrations() -> set[str]:
    """Return every migration of this code, and those that squashed ones replace, as "app.name"."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    keys = set(loader.disk_migrations)
    for migration in loader.disk_migrations.values():
        keys.update(migration.replaces)
    return {f"{app}.{name}" for app, name in keys}


def candour_version() -> str:
    """Return the version of this code, as pyproject.toml gives it."""
    text = (settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(text)["project"]["version"])


def read_facts(cursor: Any, tables: Container[str]) -> Facts:
    """Read migrations and content version through a DB-API `cursor`; `tables` are the names of the tables.

    Raises BackupError when the database has no tables of Django.
    """
    if "django_migrations" not in tables:
        raise BackupError("There is nothing to back up: the database has no tables. Run: manage.py migrate")
    cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
    migrations = tuple(f"{app}.{name}" for app, name in cursor.fetchall())
    content = {}
    if "core_contentstamp" in tables:
        # All columns: an older database lacks those that a migration adds later.
        cursor.execute("SELECT * FROM core_contentstamp WHERE id = 1")
        row = cursor.fetchone()
        columns = [column[0] for column in cursor.description]
        content = {
            name: value if isinstance(value, int) else str(value)
            for name, value in zip(columns, row or (), strict=False)
            if name in {"version", "token"}
        }
    return Facts(migrations, content)
