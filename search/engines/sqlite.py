"""SQLite's FTS5: porter stems, no accents, weighted columns. Triggers keep the text index with the rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, ClassVar

from search.engines.base import APART, CLOSE, OPEN, SNIPPET_WORDS
from search.engines.stored import StoredEngine

_COLUMNS = "d.page_id, d.kind, d.audience, d.slug, d.url, d.title, d.summary"
_JOIN = "search_fts JOIN search_searchdocument AS d ON d.id = search_fts.rowid WHERE search_fts MATCH %s"
# bm25 weights of title, names, summary, body. Smaller is better, so the score is its negative.
# The best are chosen first and their snippets cut afterwards: a snippet costs more than finding its page.
_SEARCH = f"""
SELECT {_COLUMNS}, snippet(search_fts, 3, %s, %s, '…', {SNIPPET_WORDS}), -search_fts.rank
FROM {_JOIN} AND search_fts.rank MATCH 'bm25(10.0, 8.0, 4.0, 1.0)'
AND (%s = '[]' OR d.kind IN (SELECT value FROM json_each(%s)))
AND (%s = '[]' OR d.audience IN (SELECT value FROM json_each(%s)))
ORDER BY search_fts.rank LIMIT %s
"""  # noqa: S608  (constants of ours, no input)
_FACETS = f"SELECT d.kind, d.audience, count(*) FROM {_JOIN} GROUP BY d.kind, d.audience"  # noqa: S608  (as above)
_SUGGEST = f"""
SELECT {_COLUMNS}, '', -search_fts.rank FROM {_JOIN} ORDER BY search_fts.rank LIMIT %s
"""  # noqa: S608  (as above)


class SQLiteEngine(StoredEngine):
    """Search in the table `search_fts`, which migration 0003 makes."""

    name: ClassVar[str] = "sqlite"
    search_sql: ClassVar[str] = _SEARCH
    facets_sql: ClassVar[str] = _FACETS
    suggest_sql: ClassVar[str] = _SUGGEST

    def expression(self, words: Sequence[str]) -> str:
        quoted = [f'"{word}"' for word in words]
        return (
            f"{{title summary body}} : NEAR({' '.join(quoted)}, {APART}) OR title : ({' AND '.join(quoted)})"
        )

    def beginnings(self, words: Sequence[str]) -> str:
        return f"{{title names}} : ({' AND '.join(f'{word}*' for word in words)})"

    def search_values(
        self, expression: str, kinds: Sequence[str], audiences: Sequence[str], limit: int
    ) -> list[Any]:
        kept, whom = json.dumps(list(kinds)), json.dumps(list(audiences))
        return [OPEN, CLOSE, expression, kept, kept, whom, whom, limit]
