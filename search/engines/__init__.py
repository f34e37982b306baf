"""Full-text engines behind one protocol; `engine()` gives the one that this service runs on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection

from prevention.core.models import ContentChange, Cursor
from search.engines.base import (
    INDEX_READER,
    SERVER_READER,
    Document,
    Found,
    Health,
    Hit,
    SearchEngine,
    SearchIndex,
)
from search.engines.embedded import EmbeddedEngine
from search.engines.postgres import PostgresEngine
from search.engines.sqlite import SQLiteEngine

if TYPE_CHECKING:
    from search.engines.fallback import FallbackEngine

__all__ = [
    "INDEX_READER",
    "SERVER_READER",
    "Document",
    "Found",
    "Health",
    "Hit",
    "PostgresEngine",
    "SQLiteEngine",
    "SearchEngine",
    "SearchIndex",
    "begin_server",
    "embedded",
    "engine",
    "is_server_wanted",
    "keep_up",
    "server",
    "tell_server",
]

EMBEDDED: dict[str, type[EmbeddedEngine]] = {"sqlite": SQLiteEngine, "postgresql": PostgresEngine}


def embedded() -> EmbeddedEngine:
    """The engine inside the default database."""
    return EMBEDDED[connection.vendor]()


def engine() -> SearchEngine:
    """The engine that answers: Elasticsearch where there is one, with the embedded one behind it."""
    return server() or embedded()


def server() -> FallbackEngine | None:
    """The search server with the embedded engine behind it; None where there is no server."""
    if not settings.ELASTICSEARCH_URL:
        return None
    return _with_server(settings.ELASTICSEARCH_URL, settings.ELASTICSEARCH_INDEX)


def is_server_wanted() -> bool:
    """Is there a server, and is it not just being left alone after a failure?"""
    found = server()
    return found is not None and not found.is_left_alone()


def tell_server(changes: Sequence[ContentChange]) -> None:
    """Read the log of changes for the server. Raises what the server raises."""
    if found := server():
        found.tell(changes)


def begin_server() -> Cursor:
    """Give the server a new index; returns the place in the log of it. Raises what the server raises."""
    found = server()
    return found.rebuild_front() if found else Cursor()


def keep_up() -> str:
    """Do what is due beside the requests, from time to time; what was done, in a sentence, or ''.

    Only a server needs it: its synonyms are part of its index, and it may be of another history.
    """
    found = server()
    return found.keep_up() if found else ""


@cache
def _with_server(url: str, alias: str) -> FallbackEngine:
    # Imported here, so that a service without a server needs none of its packages.
    from search.engines.elastic import ElasticEngine, connect
    from search.engines.fallback import FallbackEngine
    from search.query.lexicon import synonyms

    return FallbackEngine(ElasticEngine(connect(url), alias, synonyms), embedded())
