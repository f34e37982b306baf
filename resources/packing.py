"""One ZIP of files and a README, built on the first download and cached until a file or the text changes."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.core.cache import caches
from django.core.files import File

T = TypeVar("T")
# The date of every file in the archive. It is fixed, so that the same content gives the same bytes.
MOMENT = (2026, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class PackedFile(Generic[T]):
    """A file to put into a ZIP. `source` is the caller's own object for it, and is passed to the README.

    `version` is a text that changes with the content. `is_there()` returns whether the file exists; `open()`
    returns it open for reading, or None if it can not be opened.
    """

    source: T
    title: str
    extension: str
    version: str
    is_there: Callable[[], bool]
    open: Callable[[], File[bytes] | None]

    def name(self, number: int) -> str:
        """Return the file's name in the ZIP, for example '2-role-play-cards.docx' for number 2."""
        words = re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-") or "file"
        return f"{number}-{words}.{self.extension}"


Readme = Callable[[Collection[T]], str]


def packed(files: Sequence[PackedFile[T]], readme: Readme[T]) -> bytes:
    """Return the bytes of a ZIP with the files, numbered in order, and a README.txt.

    A file that can not be opened is left out. `readme` is called with the sources of the files in the ZIP and
    returns the text. The ZIP is cached under the text and the versions, so files are read only when one of
    these has changed.
    """
    kept: bytes | None = caches["packs"].get(_key([file for file in files if file.is_there()], readme))
    if kept is not None:
        return kept
    with ExitStack() as stack:
        # All files are opened before the first is written: the README must list those that are missing.
        opened = [(file, stack.enter_context(content)) for file in files if (content := file.open())]
        made = _zip(files, dict(opened), readme)
    caches["packs"].set(_key([file for file, _ in opened], readme), made)
    return made


def _key(there: Sequence[PackedFile[T]], readme: Readme[T]) -> str:
    """Return the cache key of the ZIP with these files, made without reading any of them."""
    parts = [readme([file.source for file in there]), *(file.version for file in there)]
    return f"pack:{hashlib.sha256(chr(10).join(parts).encode()).hexdigest()}"


def _zip(
    files: Sequence[PackedFile[T]], opened: dict[PackedFile[T], File[bytes]], readme: Readme[T]
) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        _write(archive, "README.txt", readme([file.source for file in opened]))
        for number, file in enumerate(files, start=1):
            if file in opened:
                _write(archive, file.name(number), opened[file].read())
    return buffer.getvalue()


def _write(archive: zipfile.ZipFile, name: str, content: str | bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, MOMENT), content, zipfile.ZIP_DEFLATED)
