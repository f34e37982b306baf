"""The README.txt in the ZIP of a pack: licence, review, files, sources."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from resources.models import LessonPackPage, PackFile


def readme(page: LessonPackPage, files: Sequence[PackFile], there: Collection[PackFile]) -> str:
    """Return the README of a pack's ZIP. It lists all `files`; those that are not in `there` as missing."""
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
            *(_line(row, row in there) for row in files),
            "",
            "Sources:",
            *sources,
            "",
        ]
    )


def _line(row: PackFile, is_there: bool) -> str:
    line = f"- {row.title} ({row.kind_label})"
    if is_there:
        return line
    return f"{line}: missing from this ZIP, because it can not be downloaded at the moment. Try again later."
