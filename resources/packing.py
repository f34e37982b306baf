"""A pack as one ZIP, made when first asked for and kept until a file or a text of it changes."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from contextlib import ExitStack

from django.core.cache import caches
from django.core.files import File

from resources.models import LessonPackPage, PackFile

# A fixed moment inside the archive: the same content gives the same bytes, so a browser's copy stays valid.
MOMENT = (2026, 1, 1, 0, 0, 0)


def packed(page: LessonPackPage, files: list[PackFile]) -> bytes:
    """The ZIP of a pack: its files, numbered in order, and a README with licence, review and sources.

    A file that is not on the disk is left out; the README names it.
    """
    kept: bytes | None = caches["packs"].get(_key(page, files, [row for row in files if row.is_there]))
    if kept is not None:
        return kept
    with ExitStack() as stack:
        # All are opened before the first is written: only then is it certain what the README must say.
        sources = {row: stack.enter_context(file) for row in files if (file := row.opened())}
        made = _zip(page, files, sources)
    caches["packs"].set(_key(page, files, list(sources)), made)
    return made


def _key(page: LessonPackPage, files: list[PackFile], there: list[PackFile]) -> str:
    """The cache key of the ZIP of `files`, of which `there` are on the disk. No file is read for it.

    A new version of a file has a new name and a new hash in the database.
    """
    versions = (f"{row.pk}:{row.title}:{row.document.file.name}:{row.document.file_hash}" for row in there)
    parts = "\n".join([_readme(page, files, there), *versions])
    return f"pack:{page.pk}:{hashlib.sha256(parts.encode()).hexdigest()}"


def _zip(page: LessonPackPage, files: list[PackFile], sources: dict[PackFile, File[bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        _write(archive, "README.txt", _readme(page, files, list(sources)))
        for number, row in enumerate(files, start=1):
            if row in sources:
                name = f"{number}-{_file_name(row.title)}.{row.extension}"
                _write(archive, name, sources[row].read())
    return buffer.getvalue()


def _write(archive: zipfile.ZipFile, name: str, content: str | bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, MOMENT), content, zipfile.ZIP_DEFLATED)


def _file_name(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "file"


def _readme(page: LessonPackPage, files: list[PackFile], there: list[PackFile]) -> str:
    stages = ", ".join(stage.name for stage in page.key_stage_list)
    review = page.reviewer_role or "starter content, not clinically reviewed yet"
    sources = [f"- {row['publisher']}: {row['title']}. {row['url']}" for row in page.numbered_sources]
    return "\r\n".join(
        [
            page.title,
            "",
            page.summary,
            "",
            f"For: {stages}, ages {page.age_min} to {page.age_max}",
            f"Time: {page.session_count} x {page.duration_minutes} minutes",
            f"Reviewed: {page.last_reviewed or 'not yet'} ({review}).",
            f"Next review: {page.next_review or 'not set'}.",
            f"Licence: {page.licence}. You may change and share these files; name Candour as the source.",
            f"Latest version: {page.full_url}",
            "",
            "Files:",
            *(_readme_line(row, row in there) for row in files),
            "",
            "Sources:",
            *sources,
            "",
        ]
    )


def _readme_line(row: PackFile, is_there: bool) -> str:
    line = f"- {row.title} ({row.kind_label})"
    if is_there:
        return line
    return f"{line}: missing from this ZIP, because it can not be downloaded at the moment. Try again later."
