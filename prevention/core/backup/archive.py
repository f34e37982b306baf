"""Reads and writes the file of a backup: a gzipped tar whose last member is the manifest.

The manifest is last because it lists size and hash of every other member. A half-written file never gets the
name of a backup, and reading checks every member against the manifest.
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

# What gzip and tar raise for damaged files. A damaged header can hold any number or name.
DAMAGE = (EOFError, gzip.BadGzipFile, zlib.error, tarfile.TarError, ValueError, ArithmeticError, LookupError)


# --- Writing ------------------------------------------------------------------------------------------------


@contextmanager
def appears_whole(target: Path) -> Iterator[IO[bytes]]:
    """Yield a file to write. It is named `target` once it is on the disk whole; on an error it is deleted."""
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
        os.fsync(folder)  # so that the new name is on the disk too
    finally:
        os.close(folder)


def uploads_in(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield (name in the backup, path) of each file and link below `folder`.

    Raises OSError when a folder can not be read.
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
    """Write a backup to `target`. `manifest` comes without members; `uploads` are (name, path) pairs.

    Returns the manifest with its members, and the names of the uploads left out because they vanished
    meanwhile or are not plain files. Raises OSError when a file can not be read or written; `target` does not
    exist then.
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
    """Open a plain file; return None when it is gone, or is a link or a device. Raises OSError otherwise."""
    try:
        # O_NONBLOCK: opening a pipe would otherwise wait for a writer.
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
    """Wraps an open file and hashes (SHA-256) what is read from it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Read `size` bytes, or all that is left with -1, and add them to the hash."""
        data = self.file.read(size)
        self.digest.update(data)
        return data


def _add(tar: tarfile.TarFile, name: str, content: IO[bytes]) -> Member:
    """Add an open file to the tar as `name`; return its size and hash.

    Raises OSError when the file shrinks meanwhile.
    """
    state = os.fstat(content.fileno())
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = state.st_size, int(state.st_mtime), 0o600
    hashing = _Hashing(content)
    tar.addfile(info, hashing)
    return Member(info.size, hashing.digest.hexdigest())


# --- Reading ------------------------------------------------------------------------------------------------


def unpack(source: Path, folder: Path, upload_mode: int | None) -> Manifest:
    """Unpack the backup `source` into the empty `folder`, and return its manifest.

    Uploads get the file permissions `upload_mode`; None leaves them. Raises BackupError when the backup is
    damaged or incomplete, or differs from its manifest; OSError when a file can not be written.
    """
    try:
        with gzip.open(source) as stream:
            with tarfile.open(fileobj=stream, mode="r|") as tar:
                found = {info.name: _extract(tar, info, folder, upload_mode) for info in tar}
            while stream.read(CHUNK):
                pass  # read to the end, where gzip checks its checksum
    except DAMAGE as error:
        raise BackupError(unreadable("it is cut short or damaged, or something else")) from error
    if found.pop(NAME, None) is None:
        raise BackupError(unreadable(f"it has no {NAME}"))
    manifest = Manifest.from_json((folder / NAME).read_bytes())
    _compare(manifest, found)
    return manifest


def _extract(tar: tarfile.TarFile, info: tarfile.TarInfo, folder: Path, upload_mode: int | None) -> Member:
    """Write one member below `folder`; return its size and hash.

    Raises BackupError when it is not a plain file, comes twice, or does not belong in a backup.
    """
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
    """Return the path for a member. Raises BackupError when its type or name does not belong in a backup."""
    # Not isreg(), which accepts sparse files.
    if info.type not in {tarfile.REGTYPE, tarfile.AREGTYPE}:
        raise BackupError(unreadable(f"{some([info.name])} in it is a link or no plain file"))
    parts = PurePosixPath(info.name).parts
    plain = "/".join(parts) == info.name and ".." not in parts and "\0" not in info.name
    known = info.name in {NAME, *DATABASES.values()} or (parts[:1] == (UPLOADS,) and len(parts) > 1)
    if not (plain and known):
        raise BackupError(unreadable(f"{some([info.name])} in it does not belong into a backup"))
    return folder.joinpath(*parts)


def _compare(manifest: Manifest, found: dict[str, Member]) -> None:
    """Raise BackupError unless the members `found` have the names, sizes and hashes of the manifest."""
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
