"""The whole search over the starter content: by page and by API."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from prevention.substances.models import SubstancePage
from search.find import find, suggest
from search.lexicon import lexicon
from search.models import SearchDocument, UrgentIntent
from tests.factories import SubstancePageFactory

pytestmark = pytest.mark.django_db
Queries = Callable[[Callable[[], Any]], int]

NASTY = [
    '"',
    '""',
    "ket\"'",
    "\x00",
    "%00",
    "' OR 1=1 --",
    "* NEAR(a b)",
    "{}[]()^~:!&|",
    "\u202eket",
    "a" * 10_000,
    " ",
]


@pytest.mark.parametrize("text", ["ketamine", "ket", "special k", "is ket bad for your bladder"])
def test_a_drug_is_found_by_its_names(text: str) -> None:
    answer = find(text)
    assert answer.results[0].slug == "ketamine"
    assert answer.results[0].certain
    assert not answer.unknown


def test_a_misspelt_drug_is_asked_about() -> None:
    answer = find("ketamne")
    assert answer.results == []
    assert (answer.suggestions[0].slug, answer.suggestions[0].certain) == ("ketamine", False)
    assert answer.suggestions[0].typed == "ketamne"


def test_a_question_about_the_body_finds_pages_by_their_text() -> None:
    answer = find("bladder damage")
    assert "ketamine" in [result.slug for result in answer.results]
    assert any("<mark>" in result.snippet for result in answer.results)


def test_packs_and_topics_are_found_too() -> None:
    assert {result.kind for result in find("lesson about vapes").results} >= {"pack"}
    assert find("spiking").results[0].slug == "spiking"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("my friend wont wake up", "emergency"),
        ("can't breathe", "emergency"),
        ("she is unconcious", "emergency"),
        ("my friend has gone limp", "emergency"),
        ("i want to die", "self-harm"),
        ("think ive been spiked", "spiked"),
    ],
)
def test_urgent_words_bring_the_card(text: str, intent: str) -> None:
    answer = find(text)
    assert answer.crisis is not None
    assert answer.crisis.code == intent
    assert answer.crisis_helplines[0].code == "999"


@pytest.mark.parametrize(
    "text", ["ketamine", "vapes", "is weed legal", "lesson plan", "fitting in at school"]
)
def test_other_words_do_not(text: str) -> None:
    assert find(text).crisis is None


def test_an_unknown_word_names_no_drug(reader: Client) -> None:
    answer = find("qqzzxx")
    assert answer.unknown
    assert answer.results == answer.suggestions == []
    assert "0300 123 6600" in reader.post("/search/", {"q": "qqzzxx"}).content.decode()


def test_every_answer_has_help_on_it(reader: Client) -> None:
    for words in ("ket", "ketamne", "qqzzxx", "", "overdose"):
        assert "999" in reader.post("/search/", {"q": words}).content.decode()


def test_the_card_stands_above_the_results(reader: Client) -> None:
    html = reader.post("/search/", {"q": "ket overdose"}).content.decode()
    heading = UrgentIntent.objects.get(code="emergency").heading
    assert 0 < html.index(heading) < html.index('href="/drugs/ketamine/')


def test_the_words_stay_out_of_the_address_and_the_cache(reader: Client) -> None:
    response = reader.post("/search/", {"q": "ketamine"})
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert not response.cookies


def test_a_search_says_no_more_than_was_typed(reader: Client) -> None:
    html = reader.post("/search/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


@pytest.mark.parametrize("text", NASTY)
def test_nothing_that_is_typed_breaks_it(reader: Client, text: str) -> None:
    assert reader.post("/search/", {"q": text}).status_code == 200
    assert reader.get("/api/v1/search", {"q": text}).status_code in {200, 400}
    assert reader.get("/api/v1/suggest", {"q": text}).status_code in {200, 400}


def test_a_new_name_is_found_at_once_and_a_withdrawn_page_never_more(reader: Client) -> None:
    assert find("zonkers").unknown
    page = SubstancePageFactory(title="Examplium", names=["zonkers"])
    page.save_revision().publish()
    assert [result.slug for result in find("zonkers").results] == ["examplium"]
    page.unpublish()
    assert find("zonkers").unknown
    assert not SearchDocument.objects.filter(page_id=page.pk).exists()


def test_a_private_page_is_not_found() -> None:
    from wagtail.models import PageViewRestriction

    page = SubstancePage.objects.get(slug="ketamine")
    PageViewRestriction.objects.create(page=page, restriction_type="login")
    assert all(result.slug != "ketamine" for result in [*find("ketamine").results, *find("bladder").results])


def test_a_new_phrase_is_urgent_at_once() -> None:
    assert find("gone all blue").crisis is None
    intent = UrgentIntent.objects.get(code="emergency")
    intent.phrases += "\nGone all blue"
    intent.save()
    answer = find("he has gone all blue")
    assert answer.crisis == intent


def test_suggestions_are_names() -> None:
    assert suggest("ketam")[0].entry.title == "Ketamine"
    assert suggest("special k")[0].certain


def test_an_empty_index_answers_too(reader: Client) -> None:
    SearchDocument.objects.all().delete()
    lexicon.forget()
    assert reader.post("/search/", {"q": "bladder"}).status_code == 200


def test_the_rebuild_indexes_every_page() -> None:
    before = SearchDocument.objects.count()
    SearchDocument.objects.all().delete()
    out = io.StringIO()
    call_command("rebuild_search", stdout=out)
    assert SearchDocument.objects.count() == before > 15
    assert str(before) in out.getvalue()


def test_a_search_costs_few_queries(queries: Queries) -> None:
    find("ketamine")
    assert queries(lambda: find("ketamine bladder")) == 2  # the content stamp, the text index
    assert queries(lambda: suggest("ketam")) == 1


def test_the_answer_of_the_api(reader: Client) -> None:
    body = reader.get("/api/v1/search", {"q": "my mate took too many, ketamne?"}).json()
    assert set(body) == {"query", "crisis", "unknown", "results"}
    assert body["crisis"]["show"] is True
    assert body["crisis"]["card"]["helplines"][0]["tel"] == "999"
    first = body["results"][0]
    assert set(first) == {"slug", "title", "kind", "url", "certain", "matched", "snippet", "score"}
    assert (first["slug"], first["certain"], first["matched"]["how"]) == ("ketamine", False, "near")
    assert first["url"] == "http://testserver/drugs/ketamine/"


def test_the_api_asks_for_words(reader: Client) -> None:
    for address in ("/api/v1/search", "/api/v1/suggest"):
        answer = reader.get(address)
        assert answer.status_code == 400
        assert "?q=ket" in answer.json()["q"]


def test_sqlite_and_postgres_have_the_text_index() -> None:
    names = connection.introspection.table_names()
    assert connection.vendor == "postgresql" or "search_fts" in names


def test_a_street_name_leads_to_the_page_that_says_so(reader: Client) -> None:
    html = reader.post("/search/", {"q": "donkey dust"}).content.decode()
    assert 'href="/drugs/ketamine/?name=donkey+dust"' in html
    assert "You looked for" in reader.get("/drugs/ketamine/?name=donkey+dust").content.decode()
    assert 'href="/drugs/ketamine/"' in reader.post("/search/", {"q": "ketamine"}).content.decode()


def test_the_page_on_mixing_and_the_families_are_found(reader: Client) -> None:
    for words, address in (
        ("mixing drugs", "/drugs/mixing/"),
        ("families of drugs", "/drugs/types-of-drugs/"),
    ):
        assert f'href="{address}"' in reader.post("/search/", {"q": words}).content.decode()
