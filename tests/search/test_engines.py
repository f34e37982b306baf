"""The contract on the engine of the database that the tests run on."""

from __future__ import annotations

import pytest
from django.db import connection

from search.engines import PostgresEngine, SearchEngine, SQLiteEngine, engine
from tests.search.contract import EngineContract


class TestSQLite(EngineContract):
    """SQLite's FTS5."""

    @pytest.fixture
    def engine(self, db: None) -> SearchEngine:
        if connection.vendor != "sqlite":
            pytest.skip("This run is on PostgreSQL: run `make test-sqlite` for this engine.")
        return SQLiteEngine()


@pytest.mark.postgres
class TestPostgres(EngineContract):
    """PostgreSQL full text."""

    @pytest.fixture
    def engine(self, db: None) -> SearchEngine:
        if connection.vendor != "postgresql":
            pytest.skip("This run is on SQLite: run `make test-postgres` for this engine.")
        return PostgresEngine()


def test_the_database_chooses_its_engine(db: None) -> None:
    assert isinstance(engine(), {"sqlite": SQLiteEngine, "postgresql": PostgresEngine}[connection.vendor])
