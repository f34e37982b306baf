"""The contract of the engines: one subclass per engine runs all of these tests against the real engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from hypothesis import HealthCheck, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from wagtail.models import Page

from search.engines import Document, SearchIndex
from search.engines.base import APART, CLOSE, OPEN
from search.engines.elastic import ElasticEngine, connect
from search.language.text import fold, words_of
from tests.factories import StandardPageFactory

NO_SERVER = "This run has no Elasticsearch: run `make test-elasticsearch` for the tests that need it."
# Words that text engines have a meaning for, and the most words that a text can have.
SYNTAX = ("and", "or", "not", "near", "title", "body", "2c", "0", "a")
LONGEST = " ".join(["a"] * 100)
# One test for several engines, each of which may keep what an example before has written.
SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.differing_executors]


def document(page: Page, **texts: str) -> Document:
    """Return a document of `page` with these texts."""
    base = {"kind": "topic", "audience": "young-people", "slug": page.slug, "url": f"/{page.slug}/"}
    empty = {"title": page.title, "names": "", "summary": "", "body": ""}
    return Document(page_id=page.pk, **{**base, **empty, **texts})


def many_pages(number: int) -> list[Page]:
    """Create pages with bare rows, which are enough for an index."""
    root = Page.get_first_root_node()
    kind = ContentType.objects.get_for_model(Page)
    return Page.objects.bulk_create(
        Page(
            title=f"Row {n}", draft_title=f"Row {n}", slug=f"row-{n}", path=f"{root.path}Z{n:03}",
            depth=root.depth + 1, content_type=kind, locale=root.locale,
        )
        for n in range(number)
    )  # fmt: skip


@contextmanager
def on_server(synonyms: Callable[[], Sequence[str]] = tuple[str, ...]) -> Iterator[ElasticEngine]:
    """Yield an engine with its own index on the tests' Elasticsearch; skip if there is no server."""
    with connect(server()) as client:
        engine = ElasticEngine(client, f"test-{uuid4().hex}", synonyms)
        try:
            yield engine
        finally:
            for name in indices(engine):
                client.indices.delete(index=name)


def server() -> str:
    """Return the address of the tests' Elasticsearch; skip if there is none."""
    if not settings.TEST_ELASTICSEARCH_URL:
        pytest.skip(NO_SERVER)
    return str(settings.TEST_ELASTICSEARCH_URL)


def indices(engine: ElasticEngine) -> list[str]:
    """Return the names of the indices that an engine has created."""
    return sorted(engine.client.indices.get(index=f"{engine.alias}-*", expand_wildcards="all"))


class EngineContract:
    """Subclass it as Test<Engine>, with a fixture `engine`."""

    @pytest.fixture
    def pages(self, db: None) -> list[Page]:
        """Three pages to index documents for."""
        return [StandardPageFactory(title=f"Zeta {n}", body="<p>x</p>") for n in range(3)]

    def found(self, engine: SearchIndex, text: str, **filters: Any) -> list[str]:
        """Return the slugs of the hits for the words of `text`, best first."""
        return [hit.slug for hit in engine.search(words_of(text), **filters).hits]

    def suggested(self, engine: SearchIndex, text: str) -> set[str]:
        """Return the slugs of the suggestions for `text`."""
        return {hit.slug for hit in engine.suggest(fold(text))}

    # Writing

    def test_a_changed_page_is_found_by_its_new_words_only(
        self, engine: SearchIndex, pages: list[Page]
    ) -> None:
        engine.index([document(pages[0], body="quixotic"), document(pages[1], body="mimsy")])
        engine.index([document(pages[0], body="jabberwock")])
        assert self.found(engine, "quixotic") == []
        assert self.found(engine, "jabberwock") == [pages[0].slug]
        assert self.found(engine, "mimsy") == [pages[1].slug]

    def test_nothing_to_index_changes_nothing(self, engine: SearchIndex, pages: list[Page]) -> None:
        engine.index([document(pages[0], body="quixotic")])
        engine.index([])
        engine.delete([])
        assert self.found(engine, "quixotic") == [pages[0].slug]

    def test_a_deleted_page_is_gone_and_an_unknown_one_no_error(
        self, engine: SearchIndex, pages: list[Page]
    ) -> None:
        engine.index([document(pages[0], body="quixotic"), document(pages[1], body="quixotic")])
        engine.delete([pages[0].pk, 987654])
        assert self.found(engine, "quixotic") == [pages[1].slug]
        assert self.suggested(engine, pages[0].title) == set()

    def test_a_rebuild_leaves_nothing_old(self, engine: SearchIndex, pages: list[Page]) -> None:
        engine.index([document(pages[0], body="quixotic")])
        engine.rebuild([document(pages[1], body="jabberwock")])
        assert self.found(engine, "quixotic") == []
        assert self.found(engine, "jabberwock") == [pages[1].slug]
        assert engine.health().documents == 1

    def test_it_answers_while_it_is_rebuilt(self, engine: SearchIndex, pages: list[Page]) -> None:
        engine.rebuild([document(pages[0], body="quixotic")])
        meanwhile = []

        def documents() -> Iterator[Document]:
            for page in pages[1:]:
                meanwhile.append(self.found(engine, "quixotic"))
                yield document(page, body="jabberwock")

        engine.rebuild(documents())
        assert meanwhile == [[pages[0].slug]] * 2

    def test_a_failed_rebuild_leaves_the_old_index(self, engine: SearchIndex, pages: list[Page]) -> None:
        engine.rebuild([document(pages[0], body="quixotic")])

        def documents() -> Iterator[Document]:
            yield document(pages[1], body="jabberwock")
            raise RuntimeError("A page that can not be read.")

        with pytest.raises(RuntimeError, match="can not be read"):
            engine.rebuild(documents())
        assert self.found(engine, "quixotic") == [pages[0].slug]
        assert self.found(engine, "jabberwock") == []

    def test_a_thousand_documents_are_rebuilt(self, engine: SearchIndex, db: None) -> None:
        pages = many_pages(1000)
        engine.rebuild(document(page, body=f"common mark{n}") for n, page in enumerate(pages))
        assert engine.health().documents == 1000
        assert self.found(engine, "mark999") == ["row-999"]
        found = engine.search(["common"], limit=5)
        assert len(found.hits) == 5
        # An engine may stop counting, and not before hundreds.
        assert 300 <= found.facets["kind"]["topic"] == found.facets["audience"]["young-people"] <= 1000

    # Searching

    def test_a_word_of_each_text_is_found_with_all_that_a_result_shows(
        self, engine: SearchIndex, pages: list[Page]
    ) -> None:
        texts = {"title": "Kidneys", "summary": "About livers", "body": "It can hurt your bladder."}
        engine.rebuild([document(pages[0], kind="help", audience="parents", **texts), document(pages[1])])
        for word in ("kidneys", "livers", "bladder"):
            (hit,) = engine.search([word]).hits
            assert (hit.page_id, hit.kind, hit.audience) == (pages[0].pk, "help", "parents")
            assert (hit.slug, hit.url) == (pages[0].slug, f"/{pages[0].slug}/")
            assert (hit.title, hit.summary) == ("Kidneys", "About livers")

    @pytest.mark.parametrize(
        ("typed", "written"), [("mix", "mixing"), ("mixing", "mixed"), ("drugs", "drug"), ("MIX", "Mix")]
    )
    def test_words_are_stemmed(
        self, engine: SearchIndex, pages: list[Page], typed: str, written: str
    ) -> None:
        engine.rebuild([document(pages[0], body=f"They were {written} there."), document(pages[1])])
        assert self.found(engine, typed) == [pages[0].slug]

    def test_accents_make_no_difference(self, engine: SearchIndex, pages: list[Page]) -> None:
        engine.rebuild([document(pages[0], body="Rosé in a café.")])
        assert self.found(engine, "café") == self.found(engine, "cafe") == [pages[0].slug]

    def test_a_title_stands_above_a_summary_and_a_body(self, engine: SearchIndex, pages: list[Page]) -> None:
        engine.rebuild(
            [
                document(pages[0], body="word " + "other " * 40),
                document(pages[1], title="Word"),
                document(pages[2], summary="word and more"),
            ]
        )
        hits = engine.search(["word"]).hits
        assert [hit.slug for hit in hits] == [pages[1].slug, pages[2].slug, pages[0].slug]
        assert hits[0].score > hits[1].score > hits[2].score

    def test_all_of_the_words_must_be_there(self, engine: SearchIndex, pages: list[Page]) -> None:
        engine.rebuild(
            [
                document(pages[0], body="alpha alpha alpha"),
                document(pages[1], body="beta, and then alpha"),
                document(pages[2], title="Beta alpha"),
            ]
        )
        assert self.found(engine, "alpha beta") == [pages[2].slug, pages[1].slug]

    def test_words_far_apart_on_one_page_say_nothing(self, engine: SearchIndex, pages: list[Page]) -> None:
        engine.rebuild(
            [
                document(pages[0], body="alpha " + "other " * (APART - 2) + "beta"),
                document(pages[1], body="alpha " + "other " * (APART * 4) + "beta"),
            ]
        )
        assert self.found(engine, "alpha beta") == [pages[0].slug]
        assert set(self.found(engine, "alpha")) == {pages[0].slug, pages[1].slug}

    def test_names_are_not_searched(self, engine: SearchIndex, pages: list[Page]) -> None:
        engine.rebuild([document(pages[0], names="quixotic"), document(pages[1], body="quixotic")])
        assert self.found(engine, "quixotic") == [pages[1].slug]

    def test_filters_keep_kinds_and_audiences(self, engine: SearchIndex, pages: list[Page]) -> None:
        engine.rebuild(
            [
                document(pages[0], body="common", kind="topic", audience="young-people"),
                document(pages[1], body="common", kind="topic", audience="parents"),
                document(pages[2], body="common", kind="pack", audience="teachers"),
            ]
        )
        topics = {pages[0].slug, pages[1].slug}
        assert set(self.found(engine, "common", kinds=["topic"])) == topics
        assert set(self.found(engine, "common", kinds=["topic", "pack"])) == {*topics, pages[2].slug}
        assert self.found(engine, "common", audiences=["parents"]) == [pages[1].slug]
        assert self.found(engine, "common", kinds=["pack"], audiences=["parents"]) == []

    def test_facets_count_every_page_found_whatever_the_filters_and_the_limit(
        self, engine: SearchIndex, pages: list[Page]
    ) -> None:
        engine.rebuild(
            [
                document(pages[0], body="common", kind="topic", audience="young-people"),
                document(pages[1], body="common", kind="topic", audience="parents"),
                document(pages[2], body="another", kind="pack", audience="teachers"),
            ]
        )
        facets = {"kind": {"topic": 2}, "audience": {"young-people": 1, "parents": 1}}
        assert engine.search(["common"]).facets == facets
        assert engine.search(["common"], audiences=["parents"], limit=1).facets == facets
        assert engine.search(["common"], kinds=["pack"]).facets == facets

    def test_a_snippet_marks_the_words_and_escapes_nothing(
        self, engine: SearchIndex, pages: list[Page]
    ) -> None:
        text = "It hurts & more than that, at 5 < 6, your bladder."
        engine.rebuild([document(pages[0], body=f"{text} {'Something else. ' * 200}")])
        (hit,) = engine.search(["hurt", "bladder"]).hits
        marked = f"{OPEN}hurts{CLOSE} & more than that, at 5 < 6, your {OPEN}bladder{CLOSE}"
        assert marked in hit.snippet
        assert len(hit.snippet) < 500

    def test_no_mark_is_left_open(self, engine: SearchIndex, pages: list[Page]) -> None:
        engine.rebuild([document(pages[0], title="Bladder", summary="bladder", body="Nothing of it.")])
        (hit,) = engine.search(["bladder"]).hits
        assert hit.snippet.count(OPEN) == hit.snippet.count(CLOSE) == 0

    def test_the_limit_holds(self, engine: SearchIndex, pages: list[Page]) -> None:
        engine.rebuild([document(page, body="common") for page in pages])
        assert len(self.found(engine, "common")) == 3
        assert len(self.found(engine, "common", limit=2)) == 2

    def test_no_words_find_nothing(self, engine: SearchIndex, pages: list[Page]) -> None:
        engine.rebuild([document(pages[0], body="common")])
        for found in (engine.search([]), engine.search(["quixotic"])):
            assert found.hits == []
            assert found.facets == {"kind": {}, "audience": {}}

    def test_an_empty_index_answers(self, engine: SearchIndex, db: None) -> None:
        engine.rebuild([])
        assert engine.search(["common"]).hits == engine.suggest("common") == []
        assert engine.health().documents == 0

    # Suggesting

    def test_beginnings_of_titles_and_names_are_suggested(
        self, engine: SearchIndex, pages: list[Page]
    ) -> None:
        engine.rebuild(
            [
                document(pages[0], title="Quixotic", names="donkey dust"),
                document(pages[1], title="Quartz", summary="donkey", body="donkey quixotic"),
            ]
        )
        assert self.suggested(engine, "qu") == {pages[0].slug, pages[1].slug}
        assert self.suggested(engine, "qui") == self.suggested(engine, "Quixotic") == {pages[0].slug}
        assert self.suggested(engine, "donk") == self.suggested(engine, "dust") == {pages[0].slug}
        assert self.suggested(engine, "onkey") == set()

    def test_every_word_of_several_must_begin_one(self, engine: SearchIndex, pages: list[Page]) -> None:
        engine.rebuild(
            [
                document(pages[0], title="Quixotic", names="donkey dust"),
                document(pages[1], title="Monkey", names="monkey dust"),
            ]
        )
        assert self.suggested(engine, "don du") == {pages[0].slug}
        assert self.suggested(engine, "dust") == {pages[0].slug, pages[1].slug}
        assert self.suggested(engine, "quix dust") == {pages[0].slug}  # one word in the title, one in a name
        assert self.suggested(engine, "donkey monkey") == set()

    def test_hyphens_are_spaces(self, engine: SearchIndex, pages: list[Page]) -> None:
        engine.rebuild([document(pages[0], names="kit-kat"), document(pages[1], title="2C-B")])
        assert self.suggested(engine, "kit-k") == self.suggested(engine, "kit ka") == {pages[0].slug}
        assert self.suggested(engine, "2c-b") == {pages[1].slug}

    def test_a_long_name_is_suggested_to_its_last_letter(
        self, engine: SearchIndex, pages: list[Page]
    ) -> None:
        name = "methylenedioxymethylamphetamine"
        engine.rebuild([document(pages[0], names=name)])
        assert self.suggested(engine, name[:-1]) == self.suggested(engine, name) == {pages[0].slug}

    def test_few_are_suggested_and_nothing_for_nothing(self, engine: SearchIndex, pages: list[Page]) -> None:
        engine.rebuild([document(page, title="Quixotic") for page in pages])
        assert len(engine.suggest("quix", limit=2)) == 2
        assert engine.suggest("") == engine.suggest(" ") == []

    # Any time

    def test_it_says_how_it_is(self, engine: SearchIndex, pages: list[Page]) -> None:
        engine.rebuild([document(pages[0]), document(pages[1])])
        health = engine.health()
        assert health.ok
        assert health.documents == 2

    @given(st.text(max_size=300) | st.lists(st.sampled_from(SYNTAX)).map(" ".join))
    @example(LONGEST)
    @examples(max_examples=150, deadline=None, suppress_health_check=SHARED)
    def test_no_text_breaks_it(self, engine: SearchIndex, db: None, text: str) -> None:
        engine.index([])  # so that there is an index
        assert isinstance(engine.search(words_of(text)).hits, list)
        assert isinstance(engine.suggest(fold(text)), list)
