"""PostgreSQL full-text search: English stems, weights A to D. A generated column holds each row's vector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from search.engines.base import APART, CLOSE, OPEN, SNIPPET_WORDS, Document
from search.engines.embedded import MOST_RANKED, EmbeddedEngine
from search.language.text import plain

_COLUMNS = "d.page_id, d.kind, d.audience, d.slug, d.url, d.title, d.summary"
_OPTIONS = f"StartSel={OPEN}, StopSel={CLOSE}, MaxWords={SNIPPET_WORDS}, MinWords=10, MaxFragments=1"
# With all weights equal, ts_rank_cd is the sum of 1 / (1 + words between) over every passage with all words.
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
    """Search in the columns `vector` and `beginnings`, which the migration 0003_intents defines."""

    name: ClassVar[str] = "postgresql"
    candidates_sql: ClassVar[str] = _CANDIDATES
    passages_sql: ClassVar[str] = _PASSAGES
    suggest_sql: ClassVar[str] = _SUGGEST

    def prepared(self, document: Document) -> Document:
        """Return the document without accents, so that 'cafe' finds 'café'.

        PostgreSQL ignores accents only with the extension `unaccent`, which not every database allows.
        """
        return replace(
            document,
            title=plain(document.title),
            names=plain(document.names),
            summary=plain(document.summary),
            body=plain(document.body),
        )

    def expressions(self, words: Sequence[str]) -> tuple[str, str]:
        """Return two tsquery texts: all words in the title (weight A), and all words anywhere."""
        return " & ".join(f"{word}:A" for word in words), " & ".join(words)

    def beginnings(self, words: Sequence[str]) -> str:
        """Return a tsquery text for words that begin with each of `words`."""
        return " & ".join(f"{word}:*" for word in words)

    def passage_values(self, words: Sequence[str], ids: Sequence[int]) -> list[Any]:
        """Return the query, the options of ts_headline and the ids of the rows."""
        return [" & ".join(words), _OPTIONS, list(ids)]
