"""What an editor should look at among the lesson packs."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from prevention.editorial.concerns import Concern, concerns_from
from resources.models import PackFile


@concerns_from
def missing_files() -> Iterator[Concern]:
    """Files of live packs that are not on the disk: readers are told that they can not be downloaded."""
    for row in PackFile.objects.filter(page__live=True).select_related("page", "document"):
        if not row.is_there:
            yield Concern(
                "File that is missing",
                row.page.title,
                reverse("wagtaildocs:edit", args=[row.document_id]),
                f"'{row.title}' can not be downloaded: {row.document.file.name} is not on the disk. "
                "Upload the file again.",
            )
