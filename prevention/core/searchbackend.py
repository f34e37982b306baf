"""Wagtail's search backend for the admin's search boxes, changed so that a quote or a NUL can not crash it.

Wagtail 8's SQLite backend passes the text to FTS5 unescaped (wagtail #13227). Here every query is reduced to
its words first, on every database.
"""

from __future__ import annotations

import re
from typing import Any

from django.db import connection
from modelsearch.backends import database
from modelsearch.query import MATCH_NONE, Fuzzy, Phrase, PlainText, SearchQuery

_WORDS = re.compile(r"[^\W_]+")


def reduced(query: SearchQuery | str) -> SearchQuery:
    """Return `query` with nothing but its words; MATCH_NONE when it has none.

    Queries that are combined or match all are returned as they are.
    """
    if isinstance(query, str):
        query = PlainText(query)
    if not isinstance(query, PlainText | Phrase | Fuzzy):
        return query
    words = " ".join(_WORDS.findall(query.query_string))
    if not words:
        return MATCH_NONE
    if isinstance(query, PlainText):
        return PlainText(words, operator=query.operator, boost=query.boost)
    # SQLite's backend supports neither phrases with fields nor fuzzy queries.
    return PlainText(words) if connection.vendor == "sqlite" else type(query)(words)


def SearchBackend(params: dict[str, Any]) -> Any:  # noqa: N802  (the name modelsearch looks for)
    """Return Wagtail's backend for the site's database, changed to search for the words of a query only."""
    backend = database.SearchBackend(params)
    stock_search = backend._search

    def search_for_words(compiler: Any, query: SearchQuery | str, queryset: Any, **options: Any) -> Any:
        if connection.vendor == "sqlite":
            options["fields"] = None  # FTS5 knows the title only, and raises on any other name
        return stock_search(compiler, reduced(query), queryset, **options)

    # `search` and `autocomplete` both go through this one method.
    backend._search = search_for_words
    return backend
