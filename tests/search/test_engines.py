"""The contract on the engine of this run's database, and on Elasticsearch where there is one."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from django.db import connection
from pytest_django import Settings
from wagtail.models import Page

from search.engines import Document, PostgresEngine, SearchEngine, SQLiteEngine, engine
from search.engines.elastic import ElasticEngine, NoIndexError
from search.query.lexicon import synonyms
from tests.factories import SubstancePageFactory
from tests.search.contract import EngineContract, document, indices, on_server


class TestSQLite(EngineContract):
    """SQLite's FTS5."""

    @pytest.fixture
    def engine(self, db: None) -> SearchEngine:
        """The engine; skips on another database."""
        if connection.vendor != "sqlite":
            pytest.skip("This run is on PostgreSQL: run `make test-sqlite` for this engine.")
        return SQLiteEngine()


@pytest.mark.postgres
class TestPostgres(EngineContract):
    """PostgreSQL full text."""

    @pytest.fixture
    def engine(self, db: None) -> SearchEngine:
        """The engine; skips on another database."""
        if connection.vendor != "postgresql":
            pytest.skip("This run is on SQLite: run `make test-postgres` for this engine.")
        return PostgresEngine()


@pytest.fixture
def patience(settings: Settings) -> None:
    """Give the server long timeouts, because speed on a busy computer is not tested here."""
    settings.ELASTICSEARCH_SECONDS = 30.0


@pytest.mark.elasticsearch
class TestElasticsearch(EngineContract):
    """Elasticsearch, and what only it does."""

    @pytest.fixture
    def engine(self, patience: None) -> Iterator[ElasticEngine]:
        """An engine with its own index; skips without a server."""
        with on_server() as engine:
            yield engine

    def test_an_alias_stands_before_an_index_of_its_time(
        self, engine: ElasticEngine, pages: list[Page]
    ) -> None:
        engine.rebuild([document(pages[0])])
        (first,) = indices(engine)
        assert first.removeprefix(f"{engine.alias}-").isdigit()
        assert engine.client.indices.exists_alias(name=engine.alias, index=first)
        engine.rebuild([document(pages[0])])
        assert len(indices(engine)) == 2
        second = indices(engine)[1]
        assert list(engine.client.indices.get_alias(name=engine.alias)) == [second]

    def test_the_old_index_stays_for_who_reads_it_until_the_next_rebuild(
        self, engine: ElasticEngine, pages: list[Page]
    ) -> None:
        for _ in range(4):
            engine.rebuild([document(pages[0])])
        assert len(indices(engine)) == 2

    def test_readers_notice_nothing_of_a_rebuild(self, engine: ElasticEngine, pages: list[Page]) -> None:
        documents = [document(pages[0], body="common")]
        engine.rebuild(documents)
        numbers: set[int] = set()
        errors: list[Exception] = []
        asked, rebuilt = threading.Event(), threading.Event()

        def read() -> None:
            while not rebuilt.is_set():
                try:
                    numbers.add(len(engine.search(["common"]).hits))
                except Exception as error:
                    errors.append(error)
                asked.set()

        reader = threading.Thread(target=read)
        reader.start()
        try:
            for _ in range(5):
                asked.clear()
                assert asked.wait(timeout=60)
                engine.rebuild(documents)
        finally:
            rebuilt.set()
            reader.join()
        assert errors == []
        assert numbers == {1}

    def test_what_a_broken_rebuild_left_is_dropped_by_the_next(
        self, engine: ElasticEngine, pages: list[Page]
    ) -> None:
        def broken() -> Iterator[Document]:
            yield document(pages[0])
            raise RuntimeError("A page that can not be read.")

        with pytest.raises(RuntimeError):
            engine.rebuild(broken())
        (left,) = indices(engine)
        engine.rebuild([document(pages[0])])
        assert left not in indices(engine)

    def test_of_two_rebuilds_at_once_one_gives_way(self, engine: ElasticEngine, pages: list[Page]) -> None:
        def overtaken() -> Iterator[Document]:
            engine.rebuild([document(pages[0], body="quixotic")])
            yield document(pages[1], body="jabberwock")

        with pytest.raises(NoIndexError):
            engine.rebuild(overtaken())
        assert self.found(engine, "quixotic") == [pages[0].slug]
        assert self.suggested(engine, pages[0].title[:3]) == {pages[0].slug}

    def test_the_index_of_a_longer_alias_is_left_alone(
        self, engine: ElasticEngine, pages: list[Page]
    ) -> None:
        other = ElasticEngine(engine.client, f"{engine.alias}-staging")
        other.rebuild([document(pages[0], body="quixotic")])
        engine.rebuild([document(pages[1])])
        engine.rebuild([document(pages[1])])
        assert self.found(other, "quixotic") == [pages[0].slug]

    def test_without_an_index_it_is_not_well(self, engine: ElasticEngine) -> None:
        health = engine.health()
        assert not health.ok
        assert "rebuild_search" in health.detail


@pytest.mark.elasticsearch
def test_a_street_name_finds_a_text_that_says_the_usual_one(patience: None, db: None) -> None:
    pages = SubstancePageFactory.create_batch(3)
    with on_server(synonyms) as engine:
        engine.rebuild(
            [
                document(pages[0], body="What ketamine does to your bladder."),
                document(pages[1], body="A donkey carried dust and other things for a long way up a hill."),
                document(pages[2], title="Quixotic", names="donkey dust"),
            ]
        )
        assert [hit.page_id for hit in engine.search(["donkey", "dust"]).hits] == [pages[0].pk]
        assert [hit.page_id for hit in engine.search(["donkey", "dust", "bladder"]).hits] == [pages[0].pk]
        # Only what is searched is translated, so that a name is still suggested by its own letters.
        assert [hit.page_id for hit in engine.suggest("donkey du")] == [pages[2].pk]


@pytest.mark.elasticsearch
def test_changed_synonyms_ask_for_a_rebuild(patience: None, db: None) -> None:
    page = SubstancePageFactory()
    lines = ["donkey dust => ketamine"]
    with on_server(lambda: lines) as engine:
        assert not engine.has_synonyms()  # there is no index yet
        engine.rebuild([document(page, body="zonkerine")])
        assert engine.has_synonyms()
        lines.append("zonkers => zonkerine")
        assert not engine.has_synonyms()
        assert engine.search(["zonkers"]).hits == []
        engine.rebuild([document(page, body="zonkerine")])
        assert engine.has_synonyms()
        assert [hit.page_id for hit in engine.search(["zonkers"]).hits] == [page.pk]


def test_the_database_chooses_its_engine(db: None) -> None:
    assert isinstance(engine(), {"sqlite": SQLiteEngine, "postgresql": PostgresEngine}[connection.vendor])
