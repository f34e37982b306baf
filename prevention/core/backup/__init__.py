"""Backup and restore: the database and the uploads of a running site, in one file (decision 41).

`back_up` writes one. `opened` reads and verifies one without changing anything, and `put_in` then makes it
the site. The commands `backup` and `restore` call them.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import Error, connection

from prevention import clock
from prevention.core.backup import archive, postgres, sqlite
from prevention.core.backup.manifest import (
    DATABASES,
    UPLOADS,
    BackupError,
    Manifest,
    candour_version,
)

__all__ = [
    "BackupError",
    "Made",
    "Opened",
    "after_restore",
    "back_up",
    "default_target",
    "has_content",
    "opened",
    "put_in",
]

ENGINES: dict[str, ModuleType] = {"sqlite": sqlite, "postgresql": postgres}


@dataclass(frozen=True)
class Made:
    """A backup that was made: where, what it says of itself, and what the person should hear about it."""

    path: Path
    manifest: Manifest
    left_out: list[str]
    remark: str


@dataclass(frozen=True)
class Opened:
    """A verified backup: what it says of itself, and the folder that its files were unpacked into."""

    manifest: Manifest
    folder: Path


def engine() -> ModuleType:
    """Return the module for the site's database. Raises BackupError when there is none."""
    try:
        return ENGINES[connection.vendor]
    except KeyError:
        raise BackupError(
            f"A {connection.vendor} database can not be backed up here. Use its own tools."
        ) from None


def media_root() -> Path:
    """Return the folder of the uploads: the real one, since a link would be what is moved."""
    return Path(settings.MEDIA_ROOT).resolve()


def has_content() -> bool:
    """Return whether the live database has tables at all, that is, whether there is a site to lose."""
    return "django_migrations" in connection.introspection.table_names()


# --- Backup -------------------------------------------------------------------------------------------------


def default_target(folder: Path | None = None) -> Path:
    """Return a new name for a backup made now: in `folder`, else in backups/ beside the uploads."""
    name = f"candour-{clock.now():%Y%m%d-%H%M%S}"
    folder = folder or media_root().parent / "backups"
    numbers = ("", *(f"-{number}" for number in range(2, 100)))
    targets = (folder / f"{name}{number}.tar.gz" for number in numbers)
    return next(target for target in targets if not target.exists())


def back_up(target: Path) -> Made:
    """Write the site as it is at this moment to the new file `target`, readable by its owner only.

    Raises BackupError when there is such a file, when it would lie among the uploads, or when the database
    can not be read; OSError when a file can not. There is no new file then.
    """
    if target.exists():
        raise BackupError(f"There is a file {target} already. Give another name, or move that one away.")
    if target.resolve().is_relative_to(media_root()):
        raise BackupError(f"{target} lies among the uploads, which are to be in it. Give another place.")
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Beside the target, where there must be room for it anyway; /tmp of a container is its memory.
    with tempfile.TemporaryDirectory(prefix=".candour-backup-", dir=target.parent) as folder:
        database = Path(folder) / DATABASES.get(connection.vendor, "database")
        facts, remark = engine().save(database)
        manifest = Manifest(
            made_at=clock.now().isoformat(timespec="seconds"),
            engine=connection.vendor,
            candour=candour_version(),
            migrations=facts.migrations,
            content=facts.content,
            members={},
        )
        # The uploads after the database: one that comes in between is too many, and none is missing.
        manifest, left_out = archive.write(target, manifest, database, archive.uploads_in(media_root()))
    return Made(target, manifest, left_out, remark)


# --- Restore ------------------------------------------------------------------------------------------------


@contextmanager
def opened(source: Path) -> Iterator[Opened]:
    """Read and verify all of the backup `source`, and yield it unpacked; the live site is not touched.

    Raises BackupError when it is not whole and sound, or not for this site and this code; OSError when a
    file can not be read or written.
    """
    if not source.is_file():
        raise BackupError(f"There is no file {source}. Say where the backup is.")
    media = media_root()
    if media.is_mount():
        raise BackupError(
            f"{media} is mounted by itself, so the uploads can not be exchanged in one step. Mount the "
            "folder above it instead. Nothing was changed."
        )
    media.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Beside the uploads, because only there can a folder take their place by its name alone. What this
    # folder holds at the end, the old uploads among it, goes with it.
    with tempfile.TemporaryDirectory(prefix=".candour-restore-", dir=media.parent) as name:
        folder = Path(name)
        manifest = archive.unpack(source, folder, settings.FILE_UPLOAD_PERMISSIONS)
        manifest.check_fits(connection.vendor)
        engine().check(folder / DATABASES[manifest.engine])
        yield Opened(manifest, folder)


def put_in(backup: Opened) -> None:
    """Make a verified backup the site: its database, then its uploads, then the migrations of this code.

    Raises BackupError when the database does not take it (nothing has changed then), when the uploads can not
    be moved, or when a migration fails (the sentence says what has changed).
    """
    os.sync()  # uploads that are only in memory must not outlive their predecessors
    engine().load(backup.folder / DATABASES[backup.manifest.engine])
    _exchange_uploads(backup.folder)
    # The same tables may have other numbers now.
    ContentType.objects.clear_cache()
    try:
        call_command("migrate", interactive=False, verbosity=0)
        after_restore()
    except (CommandError, Error) as error:
        raise BackupError(
            "The database and the uploads are the backup's now, but could not be brought to this version: "
            f"{error}. See to that and run manage.py migrate, or restore the safety copy."
        ) from error


def _exchange_uploads(folder: Path) -> None:
    """Put the uploads unpacked in `folder` in the place of the present ones, which it holds as "old" then.

    Raises BackupError when they can not be moved; the present ones are in their place then.
    """
    new, old, media = folder / UPLOADS, folder / "old", media_root()
    new.mkdir(exist_ok=True)
    try:
        if media.exists():
            shutil.copymode(media, new)
            media.rename(old)
        try:
            new.rename(media)
        except OSError:
            if old.exists():
                old.rename(media)
            raise
    except OSError as error:
        raise BackupError(
            f"The database is the backup's now, but its uploads could not be moved to {media} "
            f"({error.strerror}), and those of before are still there. See to that, then restore again: this "
            "backup, or the safety copy."
        ) from error


def after_restore() -> None:
    """Tell whoever keeps something of the content, or follows its changes, that it is another now."""
    from prevention.core.change_log import everything_changed  # models are not loaded when this is imported

    everything_changed("A backup was put back.")
