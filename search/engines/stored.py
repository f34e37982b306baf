"""What both embedded engines share: the documents are rows of SearchDocument."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, ClassVar

from django.db import DatabaseError, connection, transaction

from search.engines.base import Document, Found, Health, Hit, counted
from search.models import SearchDocument

BATCH = 500


class StoredEngine:
    """Keeps documents in the default database; a subclass says how its text index is asked.

    Its statements hold no input: words go in as parameters, filters as JSON lists ('[]' keeps everything).
    """

    name: ClassVar[str]
    search_sql: ClassVar[str]
    facets_sql: ClassVar[str]
    suggest_sql: ClassVar[str]

    def index(self, documents: Iterable[Document]) -> None:
        """Add documents, replacing those of the same pages."""
        rows = [SearchDocument(**asdict(document)) for document in documents]
        with transaction.atomic():
            self.delete([row.page_id for row in rows])
            SearchDocument.objects.bulk_create(rows, batch_size=BATCH)

    def delete(self, page_ids: Sequence[int]) -> None:
        """Remove pages; unknown ones are passed over."""
        for start in range(0, len(page_ids), BATCH):
            SearchDocument.objects.filter(page_id__in=page_ids[start : start + BATCH]).delete()

    def rebuild(self, documents: Iterable[Document]) -> None:
        """Replace the whole index by these documents, in one transaction."""
        rows = [SearchDocument(**asdict(document)) for document in documents]
        with transaction.atomic():
            SearchDocument.objects.all().delete()
            SearchDocument.objects.bulk_create(rows, batch_size=BATCH)

    def search(
        self,
        words: Sequence[str],
        *,
        kinds: Sequence[str] = (),
        audiences: Sequence[str] = (),
        limit: int = 20,
    ) -> Found:
        """Pages that hold all of the words close together, the best first; and the facets of all such pages."""
        if not words:
            return Found()
        expression = self.expression(words)
        with connection.cursor() as cursor:
            cursor.execute(self.search_sql, self.search_values(expression, kinds, audiences, limit))
            hits = [Hit(*row) for row in cursor.fetchall()]
            cursor.execute(self.facets_sql, self.facet_values(expression))
            return Found(hits, counted(cursor.fetchall()))

    def suggest(self, prefix: str, *, limit: int = 8) -> list[Hit]:
        """Pages in whose title or names a word begins with each word of the folded text `prefix`."""
        words = prefix.split()
        if not words:
            return []
        with connection.cursor() as cursor:
            cursor.execute(self.suggest_sql, [self.beginnings(words), limit])
            return [Hit(*row) for row in cursor.fetchall()]

    def health(self) -> Health:
        """Whether the table answers, and its rows."""
        try:
            return Health(self.name, ok=True, documents=SearchDocument.objects.count())
        except DatabaseError as error:
            return Health(self.name, ok=False, documents=0, detail=type(error).__name__)

    # For the subclass to say

    def expression(self, words: Sequence[str]) -> str:
        """The words in the query language of the text index. They hold a-z and 0-9 only: none of its syntax."""
        raise NotImplementedError

    def beginnings(self, words: Sequence[str]) -> str:
        """The same for words that are only begun."""
        raise NotImplementedError

    def search_values(
        self, expression: str, kinds: Sequence[str], audiences: Sequence[str], limit: int
    ) -> list[Any]:
        """What `search_sql` needs, in its order."""
        raise NotImplementedError

    def facet_values(self, expression: str) -> list[Any]:
        """What `facets_sql` needs, in its order."""
        return [expression]
