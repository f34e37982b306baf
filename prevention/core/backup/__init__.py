"""Backup and restore: the database and the uploads of a running site, in one file (decision 41).

`back_up` writes a backup. `opened` reads and verifies one without changing anything; `put_in` then replaces
the site with it. The management commands `backup` and `restore` call them.
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
    """The result of `back_up`: file, manifest, names of uploads left out, and a remark ('' for none)."""

    path: Path
    manifest: Manifest
    left_out: list[str]
    remark: str


@dataclass(frozen=True)
class Opened:
    """A verified backup: its manifest, and the folder that its files were unpacked into."""

    manifest: Manifest
    folder: Path


def engine() -> ModuleType:
    """Return the backup module for the site's database: `sqlite` or `postgres`.

    Raises BackupError for any other kind of database.
    """
    try:
        return ENGINES[connection.vendor]
    except KeyError:
        raise BackupError(
            f"A {connection.vendor} database can not be backed up here. Use its own tools."
        ) from None


def media_root() -> Path:
    """Return the folder of the uploads with links resolved: `put_in` has to rename the folder, not a link."""
    return Path(settings.MEDIA_ROOT).resolve()


def has_content() -> bool:
    """Return whether the live database has tables, that is, whether there is a site to lose."""
    return "django_migrations" in connection.introspection.table_names()


# --- Backup -------------------------------------------------------------------------------------------------


def default_target(folder: Path | None = None) -> Path:
    """Return an unused file name for a backup made now: in `folder`, or in backups/ beside the uploads."""
    name = f"candour-{clock.now():%Y%m%d-%H%M%S}"
    folder = folder or media_root().parent / "backups"
    numbers = ("", *(f"-{number}" for number in range(2, 100)))
    targets = (folder / f"{name}{number}.tar.gz" for number in numbers)
    return next(target for target in targets if not target.exists())


def back_up(target: Path) -> Made:
    """Write the database and the uploads, as they are now, to the new file `target`, private to its owner.

    Raises BackupError when `target` exists, when it would lie among the uploads, or when the database can not
    be read; OSError when a file can not be read or written. On an error no new file is left.
    """
    if target.exists():
        raise BackupError(f"There is a file {target} already. Give another name, or move that one away.")
    if target.resolve().is_relative_to(media_root()):
        raise BackupError(f"{target} lies among the uploads, which are to be in it. Give another place.")
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The temporary folder is beside the target, where there must be room for it anyway: in a container, /tmp
    # is often memory.
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
        # The uploads are read after the database: a file uploaded in between is one too many, and none is
        # missing.
        manifest, left_out = archive.write(target, manifest, database, archive.uploads_in(media_root()))
    return Made(target, manifest, left_out, remark)


# --- Restore ------------------------------------------------------------------------------------------------


@contextmanager
def opened(source: Path) -> Iterator[Opened]:
    """Unpack the backup `source`, verify all of it, and yield it. The live site is not touched.

    Raises BackupError when the backup is damaged or incomplete, is for another kind of database, or was made
    by newer code; OSError when a file can not be read or written.
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
    # The temporary folder is beside the uploads: renaming a folder works within one file system only. It is
    # deleted at the end with all that is in it, which includes the old uploads.
    with tempfile.TemporaryDirectory(prefix=".candour-restore-", dir=media.parent) as name:
        folder = Path(name)
        manifest = archive.unpack(source, folder, settings.FILE_UPLOAD_PERMISSIONS)
        manifest.check_fits(connection.vendor)
        engine().check(folder / DATABASES[manifest.engine])
        yield Opened(manifest, folder)


def put_in(backup: Opened) -> None:
    """Replace the site with a verified backup: load its database, move its uploads in place, run migrations.

    Raises BackupError when the database refuses it (then nothing has changed), when the uploads can not be
    moved, or when a migration fails (the message says what has changed).
    """
    os.sync()  # the new uploads must be on the disk before the old ones are deleted
    engine().load(backup.folder / DATABASES[backup.manifest.engine])
    _exchange_uploads(backup.folder)
    # The restored database may have other ids for the same models.
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
    """Replace the present uploads with those unpacked in `folder`, and move the present ones to folder/old.

    Raises BackupError when they can not be moved; the present uploads are then back in their place.
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
    """Log that all content may have changed, so that whatever is kept of it is made anew."""
    from prevention.core.change_log import everything_changed  # models are not loaded when this is imported

    everything_changed("A backup was put back.")
