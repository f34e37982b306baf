"""A pack as one ZIP, made when first asked for and kept until a file or a text of it changes."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile

from django.core.cache import caches

from resources.models import LessonPackPage, PackFile

# A fixed moment inside the archive: the same content gives the same bytes, so a browser's copy stays valid.
MOMENT = (2026, 1, 1, 0, 0, 0)


def packed(page: LessonPackPage, files: list[PackFile]) -> bytes:
    """The ZIP of a pack: its files, numbered in order, and a README with licence, review and sources."""
    readme = _readme(page, files)
    parts = [readme, *(f"{row.pk}:{row.title}:{row.document.get_file_hash()}" for row in files)]
    key = f"pack:{page.pk}:{hashlib.sha256(chr(10).join(parts).encode()).hexdigest()}"
    kept: bytes | None = caches["packs"].get(key)
    if kept is None:
        kept = _zip(readme, files)
        caches["packs"].set(key, kept)
    return kept


def _zip(readme: str, files: list[PackFile]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("README.txt", MOMENT), readme, zipfile.ZIP_DEFLATED)
        for number, row in enumerate(files, start=1):
            name = f"{number}-{_file_name(row.title)}.{row.extension}"
            with row.document.open_file() as source:
                archive.writestr(zipfile.ZipInfo(name, MOMENT), source.read(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _file_name(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "file"


def _readme(page: LessonPackPage, files: list[PackFile]) -> str:
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
            *(f"- {row.title} ({row.kind_label})" for row in files),
            "",
            "Sources:",
            *sources,
            "",
        ]
    )
