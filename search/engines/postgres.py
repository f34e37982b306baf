"""PostgreSQL full text: English stems, weights A to D. A generated column keeps the vector with the row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from search.engines.base import APART, CLOSE, OPEN, SNIPPET_WORDS
from search.engines.stored import StoredEngine

_OPTIONS = f"StartSel={OPEN}, StopSel={CLOSE}, MaxWords={SNIPPET_WORDS}, MinWords=10, MaxFragments=1"
# Cover density without weights is the sum of 1 / (1 + words between), one for each place that holds all words.
_CLOSE = f"ts_rank_cd('{{1,1,1,1}}', d.vector, q.words) >= {1 / (1 + APART)}"
_MATCH = f"search_searchdocument AS d, to_tsquery('english', %s) AS q(words) WHERE d.vector @@ q.words AND {_CLOSE}"
# The best are chosen first and their snippets cut afterwards: a snippet costs more than finding its page.
_SEARCH = f"""
SELECT found.page_id, found.kind, found.audience, found.slug, found.url, found.title, found.summary,
       ts_headline('english', found.body, found.words, %s), found.score
FROM (
    SELECT d.*, q.words, ts_rank('{{0.05, 0.2, 0.5, 1}}', d.vector, q.words, 1) AS score FROM {_MATCH}
    AND (cardinality(%s::text[]) = 0 OR d.kind = ANY(%s::text[]))
    AND (cardinality(%s::text[]) = 0 OR d.audience = ANY(%s::text[]))
    ORDER BY score DESC, d.title LIMIT %s
) AS found ORDER BY found.score DESC, found.title
"""  # noqa: S608  (constants of ours, no input)
_FACETS = f"SELECT d.kind, d.audience, count(*) FROM {_MATCH} GROUP BY d.kind, d.audience"  # noqa: S608  (as above)
_SUGGEST = """
SELECT d.page_id, d.kind, d.audience, d.slug, d.url, d.title, d.summary, '', ts_rank(d.vector, q.words)
FROM search_searchdocument AS d, to_tsquery('simple', %s) AS q(words)
WHERE d.beginnings @@ q.words ORDER BY 9 DESC, d.title LIMIT %s
"""


class PostgresEngine(StoredEngine):
    """Search in the columns `vector` and `beginnings`, which migration 0003 makes."""

    name: ClassVar[str] = "postgresql"
    search_sql: ClassVar[str] = _SEARCH
    facets_sql: ClassVar[str] = _FACETS
    suggest_sql: ClassVar[str] = _SUGGEST

    def expression(self, words: Sequence[str]) -> str:
        return " & ".join(words)

    def beginnings(self, words: Sequence[str]) -> str:
        return " & ".join(f"{word}:*" for word in words)

    def search_values(
        self, expression: str, kinds: Sequence[str], audiences: Sequence[str], limit: int
    ) -> list[Any]:
        kept, whom = list(kinds), list(audiences)
        return [_OPTIONS, expression, kept, kept, whom, whom, limit]
