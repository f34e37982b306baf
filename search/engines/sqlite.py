"""SQLite's FTS5: porter stems, no accents, weighted columns. Triggers keep the text index with the rows."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from search.engines.base import CLOSE, OPEN, SNIPPET_WORDS, Hit
from search.engines.stored import StoredEngine

# bm25 weights of title, names, summary, body. Smaller is better, so the score is its negative.
_SEARCH = f"""
SELECT d.page_id, d.kind, d.slug, d.url, d.title, d.summary,
       snippet(search_fts, 3, %s, %s, '…', {SNIPPET_WORDS}), -bm25(search_fts, 10.0, 8.0, 4.0, 1.0) AS score
FROM search_fts JOIN search_searchdocument AS d ON d.id = search_fts.rowid
WHERE search_fts MATCH %s
ORDER BY score DESC, d.title LIMIT %s
"""  # noqa: S608  (a number of ours, no input)


class SQLiteEngine(StoredEngine):
    """Search in the table `search_fts`, which migration 0002 makes."""

    def search(self, words: Sequence[str], *, limit: int = 20) -> list[Hit]:
        """Pages that hold some of these folded words, the best first."""
        if not words:
            return []
        # Each word is quoted: folded words hold only a-z and 0-9, so nothing of FTS5's syntax can come in.
        # All words together rank above some of them.
        quoted = [f'"{word}"' for word in words]
        expression = " OR ".join([f"({' AND '.join(quoted)})", *quoted])
        with connection.cursor() as cursor:
            cursor.execute(_SEARCH, [OPEN, CLOSE, expression, limit])
            return [Hit(*row) for row in cursor.fetchall()]
