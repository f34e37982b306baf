"""PostgreSQL full text: English stems, weights A to D. A generated column keeps the vector with the row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from search.engines.base import APART, CLOSE, OPEN, SNIPPET_WORDS, Document
from search.engines.embedded import MOST_RANKED, EmbeddedEngine
from search.language.text import plain

_COLUMNS = "d.page_id, d.kind, d.audience, d.slug, d.url, d.title, d.summary"
_OPTIONS = f"StartSel={OPEN}, StopSel={CLOSE}, MaxWords={SNIPPET_WORDS}, MinWords=10, MaxFragments=1"
# Cover density without weights: the sum of 1 / (1 + words between) of every place that holds all words.
_CLOSE = f"ts_rank_cd('{{1,1,1,1}}', d.vector, q.words) >= {1 / (1 + APART)}"
_FROM = "search_searchdocument AS d, to_tsquery('english', %s) AS q(words) WHERE d.vector @@ q.words"
_SCORE = "ts_rank('{0.05, 0.2, 0.5, 1}', d.vector, q.words, 1)"
_CANDIDATES = f"""
(SELECT d.id, d.kind, d.audience, 1, {_SCORE} FROM {_FROM} LIMIT {MOST_RANKED})
UNION ALL (SELECT d.id, d.kind, d.audience, 0, {_SCORE} FROM {_FROM} AND {_CLOSE} LIMIT {MOST_RANKED})
"""  # noqa: S608  (constants of ours, no input)
_PASSAGES = f"""
SELECT d.id, {_COLUMNS}, ts_headline('english', d.body, to_tsquery('english', %s), %s)
FROM search_searchdocument AS d WHERE d.id = ANY(%s)
"""  # noqa: S608  (as above)
_SUGGEST = f"""
SELECT {_COLUMNS}, '', ts_rank(d.beginnings, q.words)
FROM search_searchdocument AS d, to_tsquery('simple', %s) AS q(words)
WHERE d.beginnings @@ q.words ORDER BY 9 DESC, d.title LIMIT %s
"""  # noqa: S608  (as above)


class PostgresEngine(EmbeddedEngine):
    """Search in the columns `vector` and `beginnings`, which migration 0003 makes."""

    name: ClassVar[str] = "postgresql"
    candidates_sql: ClassVar[str] = _CANDIDATES
    passages_sql: ClassVar[str] = _PASSAGES
    suggest_sql: ClassVar[str] = _SUGGEST

    def prepared(self, document: Document) -> Document:
        """Without accents: only an extension, which not every database may have, would overlook them."""
        return replace(
            document,
            title=plain(document.title),
            names=plain(document.names),
            summary=plain(document.summary),
            body=plain(document.body),
        )

    def expressions(self, words: Sequence[str]) -> tuple[str, str]:
        return " & ".join(f"{word}:A" for word in words), " & ".join(words)

    def beginnings(self, words: Sequence[str]) -> str:
        return " & ".join(f"{word}:*" for word in words)

    def passage_values(self, words: Sequence[str], ids: Sequence[int]) -> list[Any]:
        return [" & ".join(words), _OPTIONS, list(ids)]
