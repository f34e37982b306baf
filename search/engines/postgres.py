"""PostgreSQL full text: English stems, weights A to D. A generated column keeps the vector with the row."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from search.engines.base import CLOSE, OPEN, SNIPPET_WORDS, Hit
from search.engines.stored import StoredEngine

_OPTIONS = f"StartSel={OPEN}, StopSel={CLOSE}, MaxWords={SNIPPET_WORDS}, MinWords=10, MaxFragments=1"
_SEARCH = """
SELECT d.page_id, d.kind, d.slug, d.url, d.title, d.summary,
       ts_headline('english', d.body, q.any_word, %s),
       ts_rank(d.vector, q.any_word) + CASE WHEN d.vector @@ q.all_words THEN 1 ELSE 0 END AS score
FROM search_searchdocument AS d,
     (SELECT to_tsquery('english', %s) AS any_word, to_tsquery('english', %s) AS all_words) AS q
WHERE d.vector @@ q.any_word
ORDER BY score DESC, d.title LIMIT %s
"""


class PostgresEngine(StoredEngine):
    """Search in the column `vector`, which migration 0002 makes."""

    def search(self, words: Sequence[str], *, limit: int = 20) -> list[Hit]:
        """Pages that hold some of these folded words, the best first."""
        if not words:
            return []
        # Folded words hold only a-z and 0-9, so nothing of tsquery's syntax can come in.
        any_word, all_words = " | ".join(words), " & ".join(words)
        with connection.cursor() as cursor:
            cursor.execute(_SEARCH, [_OPTIONS, any_word, all_words, limit])
            return [Hit(*row) for row in cursor.fetchall()]
