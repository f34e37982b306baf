"""Full-text engines behind one protocol; `engine()` gives the one that this service runs on."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.db import connection

from search.engines.base import Document, Found, Health, Hit, SearchEngine
from search.engines.postgres import PostgresEngine
from search.engines.sqlite import SQLiteEngine
from search.engines.stored import StoredEngine

__all__ = [
    "Document",
    "Found",
    "Health",
    "Hit",
    "PostgresEngine",
    "SQLiteEngine",
    "SearchEngine",
    "embedded",
    "engine",
]

EMBEDDED: dict[str, type[StoredEngine]] = {"sqlite": SQLiteEngine, "postgresql": PostgresEngine}


def embedded() -> StoredEngine:
    """The engine inside the default database."""
    return EMBEDDED[connection.vendor]()


def engine() -> SearchEngine:
    """The engine that answers: Elasticsearch where there is one, with the embedded one behind it."""
    if not settings.ELASTICSEARCH_URL:
        return embedded()
    return _with_server(settings.ELASTICSEARCH_URL, settings.ELASTICSEARCH_INDEX)


@cache
def _with_server(url: str, alias: str) -> SearchEngine:
    # Imported here, so that a service without a server needs none of its packages.
    from search.engines.elastic import ElasticEngine, connect
    from search.engines.fallback import FallbackEngine
    from search.lexicon import synonyms

    return FallbackEngine(ElasticEngine(connect(url), alias, synonyms), embedded())
