"""What both embedded engines share: the documents are rows of SearchDocument."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, ClassVar

from django.db import DatabaseError, connection, transaction

from search.engines.base import Document, Found, Health, Hit, counted
from search.models import SearchDocument

BATCH = 500
# Pages that are ranked and counted, of those that hold the words. Who asks for a word that thousands have
# is served as well by some of them, and as fast as on a small site. Titles come first.
MOST_RANKED = 400


class EmbeddedEngine:
    """Keeps documents in the default database; a subclass says how its text index is asked.

    Its statements hold no input: words and ids go in as parameters.
    """

    name: ClassVar[str]
    # (expression in titles, expression anywhere) -> rows of id, kind, audience, is it in the title, score
    candidates_sql: ClassVar[str]
    # (of passage_values) -> rows of id, and the fields of a Hit but for its score
    passages_sql: ClassVar[str]
    suggest_sql: ClassVar[str]

    def index(self, documents: Iterable[Document]) -> None:
        """Add documents, replacing those of the same pages."""
        rows = [SearchDocument(**asdict(self.prepared(document))) for document in documents]
        with transaction.atomic():
            self.delete([row.page_id for row in rows])
            SearchDocument.objects.bulk_create(rows, batch_size=BATCH)

    def delete(self, page_ids: Sequence[int]) -> None:
        """Remove pages; unknown ones are passed over."""
        for start in range(0, len(page_ids), BATCH):
            SearchDocument.objects.filter(page_id__in=page_ids[start : start + BATCH]).delete()

    def rebuild(self, documents: Iterable[Document]) -> None:
        """Replace the whole index by these documents, in one transaction."""
        with transaction.atomic():
            rows = [SearchDocument(**asdict(self.prepared(document))) for document in documents]
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
        """Pages that hold all of the words close together, the best first; and the facets of them all."""
        if not words:
            return Found()
        with connection.cursor() as cursor:
            cursor.execute(self.candidates_sql, self.expressions(words))
            best: dict[int, tuple[int, float]] = {}
            about: dict[int, tuple[str, str]] = {}
            for number, kind, audience, in_title, score in cursor.fetchall():
                best[number] = max(best.get(number, (0, 0.0)), (in_title, score))
                about[number] = kind, audience
            facets = counted(about.values())
            kept = [
                number
                for number, (kind, audience) in about.items()
                if (not kinds or kind in kinds) and (not audiences or audience in audiences)
            ]
            first = sorted(kept, key=lambda number: best[number], reverse=True)[:limit]
            if not first:
                return Found([], facets)
            cursor.execute(self.passages_sql, self.passage_values(words, first))
            hits = {number: Hit(*[*fields, sum(best[number])]) for number, *fields in cursor.fetchall()}
        return Found([hits[number] for number in first if number in hits], facets)

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

    def prepared(self, document: Document) -> Document:
        """The document as its text index can read it."""
        return document

    def expressions(self, words: Sequence[str]) -> tuple[str, str]:
        """The words in the query language of the index: in titles, and close together anywhere.

        They are a-z and 0-9 only: none of its syntax.
        """
        raise NotImplementedError

    def beginnings(self, words: Sequence[str]) -> str:
        """The same, in titles and names, for words that are only begun."""
        raise NotImplementedError

    def passage_values(self, words: Sequence[str], ids: Sequence[int]) -> list[Any]:
        """What `passages_sql` needs, in its order."""
        raise NotImplementedError
