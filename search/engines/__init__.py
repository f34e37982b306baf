"""Full-text engines behind one protocol; `engine()` gives the one that this service runs on."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection

from search.engines.base import Document, Found, Health, Hit, SearchEngine
from search.engines.postgres import PostgresEngine
from search.engines.sqlite import SQLiteEngine
from search.engines.stored import StoredEngine

if TYPE_CHECKING:
    from search.engines.fallback import FallbackEngine

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
    "keep_up",
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


def keep_up() -> str:
    """Do what is due beside the requests, from time to time; what was done, in a sentence, or ''.

    Only a server can be behind: the embedded index is written with the page.
    """
    if not settings.ELASTICSEARCH_URL:
        return ""
    return _with_server(settings.ELASTICSEARCH_URL, settings.ELASTICSEARCH_INDEX).keep_up()


@cache
def _with_server(url: str, alias: str) -> FallbackEngine:
    # Imported here, so that a service without a server needs none of its packages.
    from search.engines.elastic import ElasticEngine, connect
    from search.engines.fallback import FallbackEngine
    from search.lexicon import synonyms

    return FallbackEngine(ElasticEngine(connect(url), alias, synonyms), embedded())
