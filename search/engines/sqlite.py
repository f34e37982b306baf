"""SQLite's FTS5: Porter stems, accents ignored, weighted columns. Triggers fill it from the rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, ClassVar

from search.engines.base import APART, CLOSE, OPEN, SNIPPET_WORDS
from search.engines.embedded import MOST_RANKED, EmbeddedEngine

_COLUMNS = "d.page_id, d.kind, d.audience, d.slug, d.url, d.title, d.summary"
_JOIN = "search_fts JOIN search_searchdocument AS d ON d.id = search_fts.rowid WHERE search_fts MATCH %s"
# The bm25 weights of title, names, summary and body. A smaller bm25 is better, so the score is its negative.
_RANKED = f"{_JOIN} AND search_fts.rank MATCH 'bm25(10.0, 8.0, 4.0, 1.0)' LIMIT {MOST_RANKED}"
_CANDIDATES = f"""
SELECT * FROM (SELECT d.id, d.kind, d.audience, 1, -search_fts.rank FROM {_RANKED})
UNION ALL SELECT * FROM (SELECT d.id, d.kind, d.audience, 0, -search_fts.rank FROM {_RANKED})
"""  # noqa: S608  (constants of ours, no input)
_PASSAGES = f"""
SELECT d.id, {_COLUMNS}, snippet(search_fts, 3, %s, %s, '…', {SNIPPET_WORDS})
FROM {_JOIN} AND search_fts.rowid IN (SELECT value FROM json_each(%s))
"""  # noqa: S608  (as above)
_SUGGEST = f"""
SELECT {_COLUMNS}, '', -search_fts.rank FROM {_JOIN} ORDER BY search_fts.rank, d.title LIMIT %s
"""  # noqa: S608  (as above)


class SQLiteEngine(EmbeddedEngine):
    """Search in the table `search_fts`, which the migration 0003_intents defines."""

    name: ClassVar[str] = "sqlite"
    candidates_sql: ClassVar[str] = _CANDIDATES
    passages_sql: ClassVar[str] = _PASSAGES
    suggest_sql: ClassVar[str] = _SUGGEST

    def expressions(self, words: Sequence[str]) -> tuple[str, str]:
        """Return two FTS5 queries: all words in the title, and all words close together in one column."""
        quoted = [f'"{word}"' for word in words]
        in_title = f"title : ({' AND '.join(quoted)})"
        return in_title, f"{{title summary body}} : NEAR({' '.join(quoted)}, {APART})"

    def beginnings(self, words: Sequence[str]) -> str:
        """Return an FTS5 query for words in titles and names that begin with each of `words`."""
        return f"{{title names}} : ({' AND '.join(f'{word}*' for word in words)})"

    def passage_values(self, words: Sequence[str], ids: Sequence[int]) -> list[Any]:
        """Return the marks of a found word, the query, and the ids of the rows as JSON."""
        in_title, anywhere = self.expressions(words)
        return [OPEN, CLOSE, f"({in_title}) OR ({anywhere})", json.dumps(list(ids))]
