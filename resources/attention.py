"""The part of the attention report that is about lesson packs."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from prevention.editorial.attention import AttentionItem, attention_source
from resources.models import PackFile


@attention_source
def missing_files() -> Iterator[AttentionItem]:
    """Yield the files of live packs that are not on the disk, so that nobody can download them."""
    for row in PackFile.objects.filter(page__live=True).select_related("page", "document"):
        if not row.is_there:
            yield AttentionItem(
                "File that is missing",
                row.page.title,
                reverse("wagtaildocs:edit", args=[row.document_id]),
                f"'{row.title}' can not be downloaded: {row.document.file.name} is not on the disk. "
                "Upload the file again.",
            )
