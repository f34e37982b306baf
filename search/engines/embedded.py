"""The common part of both embedded engines, whose documents are rows of SearchDocument."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, ClassVar

from django.db import DatabaseError, connection, transaction

from search.engines.base import Document, Found, Health, Hit, counted
from search.models import SearchDocument

BATCH = 500
# At most so many pages are ranked and counted, those with the words in their title first. Of the thousands
# of pages that hold a common word some are enough, and the answer is as fast as on a small site.
MOST_RANKED = 400


class EmbeddedEngine:
    """Keeps the documents in the default database; a subclass supplies the statements for its text index.

    The statements contain no input: words and ids are passed as parameters.
    """

    name: ClassVar[str]
    # Parameters: the two queries of expressions(). Rows: id, kind, audience, 1 if it is in the title, score.
    candidates_sql: ClassVar[str]
    # Parameters: passage_values(). Rows: id, then the fields of a Hit up to its snippet.
    passages_sql: ClassVar[str]
    # Parameters: the query of beginnings(), and a limit. Rows: the fields of a Hit up to its score.
    suggest_sql: ClassVar[str]

    def index(self, documents: Iterable[Document]) -> None:
        """Add documents, replacing those of the same pages."""
        rows = [SearchDocument(**asdict(self.prepared(document))) for document in documents]
        with transaction.atomic():
            self.delete([row.page_id for row in rows])
            SearchDocument.objects.bulk_create(rows, batch_size=BATCH)

    def delete(self, page_ids: Sequence[int]) -> None:
        """Remove the pages with these ids; ids that are not in the index are ignored."""
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
        """Return the pages that hold all words close together, best first, and the facets of all of them."""
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
        """Return the pages whose title or names have, for each word of `prefix`, a word that begins with it.

        `prefix` is folded text.
        """
        words = prefix.split()
        if not words:
            return []
        with connection.cursor() as cursor:
            cursor.execute(self.suggest_sql, [self.beginnings(words), limit])
            return [Hit(*row) for row in cursor.fetchall()]

    def health(self) -> Health:
        """Return whether the table can be read, and the number of its rows."""
        try:
            return Health(self.name, ok=True, documents=SearchDocument.objects.count())
        except DatabaseError as error:
            return Health(self.name, ok=False, documents=0, detail=type(error).__name__)

    # For subclasses

    def prepared(self, document: Document) -> Document:
        """Return the document as it is to be stored; a subclass may change its texts for its text index."""
        return document

    def expressions(self, words: Sequence[str]) -> tuple[str, str]:
        """Return two queries in the language of the text index: all words in the title, all close together.

        Words are folded (a-z and 0-9 only), so they can contain none of its syntax.
        """
        raise NotImplementedError

    def beginnings(self, words: Sequence[str]) -> str:
        """Return a query for titles and names in which a word begins with each of `words`."""
        raise NotImplementedError

    def passage_values(self, words: Sequence[str], ids: Sequence[int]) -> list[Any]:
        """Return the parameters of `passages_sql` in their order; `ids` are those of the rows to show."""
        raise NotImplementedError
