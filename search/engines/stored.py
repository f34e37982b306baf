"""What both embedded engines share: the documents are rows of SearchDocument."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from django.db import transaction

from search.engines.base import Document
from search.models import SearchDocument


class StoredEngine:
    """Keeps documents in the default database; a subclass adds how its text index follows, and searches."""

    def index(self, documents: Iterable[Document]) -> None:
        """Add documents, replacing those of the same pages."""
        with transaction.atomic():
            for document in documents:
                values = asdict(document)
                SearchDocument.objects.update_or_create(page_id=values.pop("page_id"), defaults=values)

    def delete(self, page_ids: Sequence[int]) -> None:
        """Remove pages; unknown ones are passed over."""
        SearchDocument.objects.filter(page_id__in=page_ids).delete()

    def rebuild(self, documents: Iterable[Document]) -> None:
        """Replace the whole index by these documents, in one transaction."""
        with transaction.atomic():
            SearchDocument.objects.all().delete()
            self.index(documents)
