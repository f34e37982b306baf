"""The one file of a backup: written so that half of one never looks whole, read so that nothing is believed.

A gzipped tar. The manifest is its last member, because only then is it known what the others held.
"""

from __future__ import annotations

import errno
import gzip
import hashlib
import os
import secrets
import stat
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO

from prevention.core.backup.manifest import (
    DATABASES,
    NAME,
    UPLOADS,
    BackupError,
    Manifest,
    Member,
    some,
    unreadable,
)

CHUNK = 1 << 20

# What gzip and tar say of bytes that are not theirs. A damaged header can be read as any number or name.
DAMAGE = (EOFError, gzip.BadGzipFile, zlib.error, tarfile.TarError, ValueError, ArithmeticError, LookupError)


# --- Writing ------------------------------------------------------------------------------------------------


@contextmanager
def appears_whole(target: Path) -> Iterator[IO[bytes]]:
    """Yield a file that has the name `target` only once it is whole and on the disk; else it is removed."""
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.rename(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the name, too
    finally:
        os.close(folder)


def uploads_in(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the name in a backup and the place of everything below `folder` that is no folder.

    Raises OSError when it may not be read.
    """

    def refuse(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            raise error

    for place, folders, files in os.walk(folder, onerror=refuse):
        folders.sort()
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        for name in sorted(files + links):
            path = Path(place) / name
            yield f"{UPLOADS}/{path.relative_to(folder).as_posix()}", path


def write(
    target: Path, manifest: Manifest, database: Path, uploads: Iterator[tuple[str, Path]]
) -> tuple[Manifest, list[str]]:
    """Write a backup to `target`; `manifest` is still without members.

    Returns the manifest with them, and the names of uploads that vanished meanwhile or are no plain files.
    Raises OSError when something can not be read or written; there is no `target` then.
    """
    members: dict[str, Member] = {}
    left_out: list[str] = []
    with (
        appears_whole(target) as file,
        gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=6) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        with database.open("rb") as content:
            members[database.name] = _add(tar, database.name, content)
        for name, path in uploads:
            upload = _open_plain(path)
            if upload is None:
                left_out.append(name)
                continue
            with upload:
                members[name] = _add(tar, name, upload)
        manifest = replace(manifest, members=members)
        text = manifest.to_json()
        info = tarfile.TarInfo(NAME)
        info.size = len(text)
        tar.addfile(info, BytesIO(text))
    return manifest, left_out


def _open_plain(path: Path) -> IO[bytes] | None:
    """Open a plain file; None when it is gone, or is a link or a device. Raises OSError for other reasons."""
    try:
        # NONBLOCK: to open a pipe would wait for its other end.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.ELOOP}:
            return None
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return None
    return os.fdopen(descriptor, "rb")


class _Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Read as the file does."""
        data = self.file.read(size)
        self.digest.update(data)
        return data


def _add(tar: tarfile.TarFile, name: str, content: IO[bytes]) -> Member:
    """Add an open file under `name`. Raises OSError when it shrinks meanwhile."""
    state = os.fstat(content.fileno())
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = state.st_size, int(state.st_mtime), 0o600
    hashing = _Hashing(content)
    tar.addfile(info, hashing)
    return Member(info.size, hashing.digest.hexdigest())


# --- Reading ------------------------------------------------------------------------------------------------


def unpack(source: Path, folder: Path, upload_mode: int | None) -> Manifest:
    """Write every file of the backup `source` into the empty `folder`, and return its manifest.

    Uploads get the permissions `upload_mode`. Raises BackupError when the backup is not whole, sound and
    only what its manifest says; OSError when the disk refuses.
    """
    try:
        with gzip.open(source) as stream:
            with tarfile.open(fileobj=stream, mode="r|") as tar:
                found = {info.name: _extract(tar, info, folder, upload_mode) for info in tar}
            while stream.read(CHUNK):
                pass  # the sum that shows damage is read at the end
    except DAMAGE as error:
        raise BackupError(unreadable("it is cut short or damaged, or something else")) from error
    if found.pop(NAME, None) is None:
        raise BackupError(unreadable(f"it has no {NAME}"))
    manifest = Manifest.from_json((folder / NAME).read_bytes())
    _compare(manifest, found)
    return manifest


def _extract(tar: tarfile.TarFile, info: tarfile.TarInfo, folder: Path, upload_mode: int | None) -> Member:
    """Write one file below `folder`. Raises BackupError when it is no plain file, or has no place there."""
    path = _place(info, folder)
    content = tar.extractfile(info)
    digest, size = hashlib.sha256(), 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("xb")
    except (FileExistsError, NotADirectoryError) as error:
        raise BackupError(unreadable(f"it holds {some([info.name])} twice")) from error
    with file:
        while content and (data := content.read(CHUNK)):
            digest.update(data)
            size += len(data)
            file.write(data)
    if info.name.startswith(f"{UPLOADS}/"):
        if upload_mode is not None:
            path.chmod(upload_mode)
        os.utime(path, (info.mtime, info.mtime))
    return Member(size, digest.hexdigest())


def _place(info: tarfile.TarInfo, folder: Path) -> Path:
    """Return where a member belongs. Raises BackupError when that is nowhere."""
    # Not isreg(): that lets sparse files pass.
    if info.type not in {tarfile.REGTYPE, tarfile.AREGTYPE}:
        raise BackupError(unreadable(f"{some([info.name])} in it is a link or no plain file"))
    parts = PurePosixPath(info.name).parts
    plain = "/".join(parts) == info.name and ".." not in parts and "\0" not in info.name
    known = info.name in {NAME, *DATABASES.values()} or (parts[:1] == (UPLOADS,) and len(parts) > 1)
    if not (plain and known):
        raise BackupError(unreadable(f"{some([info.name])} in it does not belong into a backup"))
    return folder.joinpath(*parts)


def _compare(manifest: Manifest, found: dict[str, Member]) -> None:
    """Raises BackupError unless the members `found` are those of the manifest, to the last byte."""
    listed = manifest.members
    wrong = {
        "is missing": sorted(listed.keys() - found.keys()),
        "is not in its list": sorted(found.keys() - listed.keys()),
        "is not what was put in": sorted(
            name for name in listed.keys() & found.keys() if listed[name] != found[name]
        ),
    }
    for complaint, names in wrong.items():
        if names:
            raise BackupError(unreadable(f"{some(names)} {complaint}"))
    databases = sorted(listed.keys() & set(DATABASES.values()))
    if databases != [DATABASES.get(manifest.engine)]:
        raise BackupError(unreadable("it has not exactly one database, of the engine that it names"))
