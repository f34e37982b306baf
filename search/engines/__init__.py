"""Full-text engines behind one protocol; `engine()` gives the one of this database."""

from __future__ import annotations

from django.db import connection

from search.engines.base import Document, Hit, SearchEngine
from search.engines.postgres import PostgresEngine
from search.engines.sqlite import SQLiteEngine

__all__ = ["Document", "Hit", "PostgresEngine", "SQLiteEngine", "SearchEngine", "engine"]

ENGINES: dict[str, type[SearchEngine]] = {"sqlite": SQLiteEngine, "postgresql": PostgresEngine}


def engine() -> SearchEngine:
    """The embedded engine of the default database."""
    return ENGINES[connection.vendor]()
