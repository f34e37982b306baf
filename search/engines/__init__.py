"""The full-text engines, behind one interface. `engine()` returns the one that this service uses."""

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
    """Return the engine that keeps its index in the default database."""
    return EMBEDDED[connection.vendor]()


def engine() -> SearchEngine:
    """Return the engine that answers: the search server if one is configured, else the embedded one."""
    return server() or embedded()


def server() -> FallbackEngine | None:
    """Return the search server with the embedded engine as its fallback.

    Return None if settings.ELASTICSEARCH_URL is empty.
    """
    if not settings.ELASTICSEARCH_URL:
        return None
    return _with_server(settings.ELASTICSEARCH_URL, settings.ELASTICSEARCH_INDEX)


def is_server_wanted() -> bool:
    """Return whether a server is configured and is not in the pause that follows a failure."""
    found = server()
    return found is not None and not found.is_left_alone()


def tell_server(changes: Sequence[ContentChange]) -> None:
    """Apply these changes to the server's index: the reader SERVER_READER of settings.LOG_READERS.

    Raises one of search.engines.elastic.UNREACHABLE when the server fails.
    """
    if found := server():
        found.tell(changes)


def begin_server() -> Cursor:
    """Build the server's index anew and return the position in the log that it corresponds to.

    Raises one of search.engines.elastic.UNREACHABLE when the server fails.
    """
    found = server()
    return found.rebuild_front() if found else Cursor()


def keep_up() -> str:
    """Rebuild the server's index if that is needed; return what was done in a sentence, or ''.

    The embedded engine never needs it. A server does when the synonyms, which are part of its index, have
    changed, or when its index does not belong to this database (a backup was restored).
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
