"""What every engine must do. One subclass per engine runs all of it against the real thing."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import Page

from search.engines import Document, SearchEngine
from search.engines.base import CLOSE, OPEN
from search.text import words_of
from tests.factories import StandardPageFactory


def document(page: Page, **texts: str) -> Document:
    """A document of `page` with some texts."""
    base = {"kind": "topic", "slug": page.slug, "url": f"/{page.slug}/", "title": page.title}
    return Document(page_id=page.pk, **{**base, "names": "", "summary": "", "body": "", **texts})


class EngineContract:
    """Subclass it as Test<Engine>, with a fixture `engine`."""

    @pytest.fixture
    def pages(self, db: None) -> list[Page]:
        return [StandardPageFactory(title=f"Zeta {n}", body="<p>x</p>") for n in range(3)]

    def found(self, engine: SearchEngine, text: str) -> list[str]:
        return [hit.slug for hit in engine.search(words_of(text))]

    def test_a_word_of_the_body_is_found(self, engine: SearchEngine, pages: list[Page]) -> None:
        engine.rebuild(
            [document(pages[0], body="It can hurt your bladder."), document(pages[1], body="Other.")]
        )
        hits = engine.search(["bladder"])
        assert [hit.page_id for hit in hits] == [pages[0].pk]
        assert f"{OPEN}bladder{CLOSE}" in hits[0].snippet

    def test_words_are_stemmed(self, engine: SearchEngine, pages: list[Page]) -> None:
        engine.rebuild([document(pages[0], body="They were mixing drinks.")])
        assert self.found(engine, "mix") == [pages[0].slug]

    def test_a_title_stands_above_a_name_and_a_body(self, engine: SearchEngine, pages: list[Page]) -> None:
        engine.rebuild(
            [
                document(pages[0], body="word " + "other " * 40),
                document(pages[1], title="Word"),
                document(pages[2], summary="word and more"),
            ]
        )
        assert self.found(engine, "word") == [pages[1].slug, pages[2].slug, pages[0].slug]

    def test_all_of_the_words_stand_above_some(self, engine: SearchEngine, pages: list[Page]) -> None:
        engine.rebuild(
            [
                document(pages[0], body="alpha alpha alpha"),
                document(pages[1], body="alpha beta"),
                document(pages[2]),
            ]
        )
        assert self.found(engine, "alpha beta") == [pages[1].slug, pages[0].slug]

    def test_a_changed_page_is_found_by_its_new_words_only(
        self, engine: SearchEngine, pages: list[Page]
    ) -> None:
        engine.index([document(pages[0], body="quixotic")])
        engine.index([document(pages[0], body="jabberwock")])
        assert self.found(engine, "quixotic") == []
        assert self.found(engine, "jabberwock") == [pages[0].slug]

    def test_a_deleted_page_is_gone(self, engine: SearchEngine, pages: list[Page]) -> None:
        engine.index([document(pages[0], body="quixotic")])
        engine.delete([pages[0].pk, 987654])
        assert self.found(engine, "quixotic") == []

    def test_a_rebuild_leaves_nothing_old(self, engine: SearchEngine, pages: list[Page]) -> None:
        engine.index([document(pages[0], body="quixotic")])
        engine.rebuild([document(pages[1], body="jabberwock")])
        assert self.found(engine, "quixotic") == []
        assert self.found(engine, "jabberwock") == [pages[1].slug]

    def test_the_limit_holds(self, engine: SearchEngine, pages: list[Page]) -> None:
        engine.rebuild([document(page, body="common") for page in pages])
        assert len(engine.search(["common"], limit=2)) == 2

    def test_no_words_find_nothing(self, engine: SearchEngine, db: None) -> None:
        assert engine.search([]) == []

    @given(st.text(max_size=300))
    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_no_text_breaks_it(self, engine: SearchEngine, db: None, text: str) -> None:
        engine.search(words_of(text))
