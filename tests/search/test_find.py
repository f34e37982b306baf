"""The whole search over the starter content: by page and by API."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings
from wagtail.models import Page, PageViewRestriction

from prevention.core.models import ContentChange
from prevention.core.review import page_models
from prevention.home.models import StandardPage
from prevention.substances.models import SubstancePage
from search.find import find, suggest
from search.indexing import update_index
from search.models import Intent, SearchDocument, WordList
from search.query.lexicon import lexicon, synonyms
from tests.factories import StandardPageFactory, SubstancePageFactory

pytestmark = pytest.mark.django_db
Queries = Callable[[Callable[[], Any]], int]
Counted = Callable[[], dict[tuple[str, str, str], int]]

NASTY = [
    '"', '""', "ket\"'", "\x00", "%00", "' OR 1=1 --", "* NEAR(a b)", "{}[]()^~:!&|", "\u202eket",
    "a" * 10_000, " ",
]  # fmt: skip


def slugs(text: str, **filters: Any) -> list[str]:
    """Return the slugs of the results for `text`, best first."""
    return [result.slug for result in find(text, **filters).results]


# Names


@pytest.mark.parametrize(
    "text",
    ["ketamine", "ket", "KET!", "special k", "special-k", "k3tamine", "🐴", "is ket bad for your bladder"],
)
def test_a_drug_is_found_by_its_names(text: str) -> None:
    first = find(text).results[0]
    assert (first.slug, first.certain) == ("ketamine", True)


def test_a_misspelt_drug_is_asked_about() -> None:
    first = find("ketamne").results[0]
    assert (first.slug, first.certain, first.matched_how) == ("ketamine", False, "near")
    assert first.typed == "ketamne"


def test_two_names_bring_what_is_known_of_mixing_them() -> None:
    results = find("can i mix ket and alcohol").results
    assert [result.slug for result in results[:3]] == ["ketamine", "alcohol", "mixing"]
    mixing = results[2]
    assert mixing.title == "Mixing ketamine and alcohol"
    assert mixing.url == "/drugs/mixing/?drug=ketamine&drug=alcohol"
    assert mixing.mixture is not None
    assert mixing.mixture.record.level == "danger"
    assert mixing.summary == mixing.mixture.record.explanation


def test_a_mix_that_nobody_has_recorded_is_not_called_harmless() -> None:
    for title in ("Examplium", "Wibblene"):
        SubstancePageFactory(title=title, names=[]).save_revision().publish()
    mixing = find("examplium and wibblene").results[2]
    assert mixing.url == "/drugs/mixing/?drug=examplium&drug=wibblene"
    assert mixing.mixture is None
    assert "That does not mean it is free of risk" in mixing.summary


def test_two_drugs_of_one_name_are_both_shown_and_not_mixed() -> None:
    results = find("crystal").results
    assert {"mdma", "methamphetamine"} <= {result.slug for result in results[:4]}
    assert not any(result.kind == "mixing" for result in results)


def test_words_that_stand_side_by_side_are_no_mix() -> None:
    for text in ("mdma crystals", "yellow bars", "hash browns"):
        assert not any(result.matched_how == "mix" for result in find(text).results), text
    assert any(result.matched_how == "mix" for result in find("mdma and crystal").results)


def test_the_singular_of_slang_is_a_word_of_its_own_in_a_sentence() -> None:
    assert slugs("dose of mdma")[0] == "mdma"
    assert slugs("fake xanax")[0] == "alprazolam"
    assert "poppers" not in slugs("popper shirt")
    assert slugs("what is a popper")[0] == "poppers"


def test_an_unknown_name_shows_nothing_that_looks_like_it(reader: Client) -> None:
    answer = find("what is blorbine")
    assert answer.results == []
    assert answer.unknown_names == ("blorbine",)
    html = reader.post("/search/", {"q": "what is blorbine"}).content.decode()
    assert "We have no page on “blorbine”" in html
    assert "0300 123 6600" in html
    assert 'href="/drugs/types-of-drugs/#' in html or "Stimulants" in html


def test_an_offensive_name_is_found_and_never_repeated() -> None:
    page = SubstancePageFactory(title="Examplium", names=[])
    page.names.create(name="vilename", kind="street", offensive=True, source="A list")
    page.explain(small=True)
    page.save_revision().publish()
    (first,) = find("vilename").results
    assert (first.slug, first.matched_name) == ("examplium", "")


# Subjects, texts, intents


def test_a_question_about_the_body_finds_pages_by_their_text() -> None:
    results = find("bladder damage").results
    assert "ketamine" in [result.slug for result in results]
    assert any("<mark>" in result.snippet for result in results)


def test_words_that_stand_nowhere_together_find_nothing() -> None:
    assert slugs("what game has the best odds at a casino") == []
    assert slugs("can you delete my saved credit card") == []


def test_a_topic_is_found_by_the_words_that_editors_gave_it() -> None:
    page = StandardPage.objects.get(slug="festivals")
    assert "festivals" not in slugs("muddy wellies weekend")
    page.search_keywords += "\nwellies weekend"
    page.explain(small=True)
    page.save_revision().publish()
    assert slugs("muddy wellies weekend")[0] == "festivals"


def test_a_teacher_is_led_to_the_packs() -> None:
    results = find("year 9 lesson on vapes").results
    assert results[0].slug == "resources"
    assert "pack" in {result.kind for result in results}


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("my friend wont wake up", "emergency"),
        ("can't breathe", "emergency"),
        ("she is unconcious", "emergency"),
        ("took too many pills", "emergency"),
        ("i want to die", "self-harm"),
        ("which drug to commit suside", "self-harm"),
        ("think ive been spiked", "spiked"),
    ],
)
def test_urgent_words_bring_the_card(text: str, intent: str) -> None:
    answer = find(text)
    assert answer.crisis is not None
    assert answer.crisis.code == intent
    assert answer.crisis.helplines[0].code == "999"
    assert answer.results[0].url == answer.crisis.url


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("what is the best drug to take", "best"),
        ("how do i stop smoking weed", "quitting"),
        ("is coke illegal", "law"),
        ("how long does weed stay in your urine", "testing"),
        ("worried about my friend taking ket", "friend"),
    ],
)
def test_other_intents_have_a_card_of_their_own(text: str, intent: str) -> None:
    answer = find(text)
    assert answer.crisis is None
    assert answer.card is not None
    assert answer.card.code == intent


def test_which_drug_is_best_is_answered_without_a_drug() -> None:
    for text in ("best drug", "whats the strongest drug to take", "cheapest drug"):
        answer = find(text)
        assert answer.card is not None, text
        assert [row.slug for row in answer.results if row.kind == "substance"] == [], text


@pytest.mark.parametrize(
    "text",
    ["ketamine", "vapes", "is weed legal", "lesson plan", "fitting in at school", "dr death", "killer weed"],
)
def test_other_words_are_not_urgent(text: str) -> None:
    assert find(text).crisis is None


def test_a_new_phrase_is_urgent_at_once() -> None:
    assert find("gone all wibbly").crisis is None
    intent = Intent.objects.get(code="emergency")
    intent.phrases += "\ngone all wibbly"
    intent.save()
    crisis = find("he has gone all wibbly").crisis
    assert crisis is not None
    assert crisis.code == "emergency"


def test_the_helplines_are_those_of_the_nation(settings: Settings) -> None:
    def codes(text: str) -> set[str]:
        crisis = find(text).crisis
        assert crisis is not None
        return {line.code for line in crisis.helplines}

    assert "nhs-111" in codes("overdose")
    assert "nhs-111" not in codes("overdose in belfast")
    assert "lifeline-ni" in codes("i want to die im in derry")
    assert "lifeline-ni" not in codes("i want to die")
    settings.NATION = "wales"
    assert "call-wales" in codes("i want to die")


# Pages


def test_every_answer_has_help_on_it(reader: Client) -> None:
    for words in ("ket", "ketamne", "qqzzxx", "", "overdose", "best drug", "hello"):
        html = reader.post("/search/", {"q": words}).content.decode()
        assert "999" in html
        assert "0300 123 6600" in html


def test_the_card_stands_above_the_results(reader: Client) -> None:
    html = reader.post("/search/", {"q": "ket overdose"}).content.decode()
    heading = Intent.objects.get(code="emergency").heading
    assert 0 < html.index(heading) < html.index('href="/drugs/ketamine/')


def test_results_stand_in_groups(reader: Client) -> None:
    html = reader.post("/search/", {"q": "can i mix ket and alcohol"}).content.decode()
    places = [html.index(f">{heading}</h2>") for heading in ("Drugs", "Mixing")]
    assert places == sorted(places)
    assert "Danger to life" in html


def test_a_guess_names_both_spellings_and_is_never_opened(reader: Client) -> None:
    answer = reader.post("/search/", {"q": "ketamne"})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "Did you mean this?" in html
    assert "You typed “ketamne”." in html
    assert 'href="/drugs/ketamine/"' in html


def test_filters_keep_what_was_ticked(reader: Client) -> None:
    everything = reader.post("/search/", {"q": "ketamine"}).content.decode()
    assert 'name="kind" value="for-schools"' in everything
    packs = reader.post("/search/", {"q": "ketamine", "kind": "for-schools"}).content.decode()
    assert 'href="/drugs/ketamine/' not in packs.split("<h1")[1]
    assert 'value="for-schools" checked' in packs
    nothing = reader.post("/search/", {"q": "khat", "kind": "for-schools"}).content.decode()
    assert "Nothing of that sort" in nothing
    assert reader.post("/search/", {"q": "khat", "kind": "no-such", "audience": "x"}).status_code == 200


def test_the_words_stay_out_of_the_address_and_the_cache(reader: Client) -> None:
    for path in ("/search/", "/search/suggest/"):
        response = reader.post(path, {"q": "ketamine"})
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "no-store"
        assert not response.cookies
    assert reader.get("/search/suggest/?q=ket").status_code == 405


def test_a_search_says_no_more_than_was_typed(reader: Client) -> None:
    html = reader.post("/search/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


@pytest.mark.parametrize("text", NASTY)
def test_nothing_that_is_typed_breaks_it(reader: Client, text: str) -> None:
    assert reader.post("/search/", {"q": text}).status_code == 200
    assert reader.post("/search/suggest/", {"q": text}).status_code == 200
    assert reader.get("/api/v1/search", {"q": text}).status_code in {200, 400}
    assert reader.get("/api/v1/suggest", {"q": text}).status_code in {200, 400}


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


# Suggestions


def test_suggestions_are_names_and_say_whose() -> None:
    first = suggest("ketam")[0]
    assert (first.title, first.slug, first.certain) == ("Ketamine", "ketamine", True)
    rows = {row.name: row for row in suggest("donkey d")}
    assert rows["donkey dust"].title == "Ketamine"
    assert rows["donkey dust"].link == "/drugs/ketamine/?name=donkey+dust"
    assert not suggest("ketamne")[0].certain
    assert suggest("") == suggest("\x00") == []


def test_suggestions_know_topics_too(reader: Client) -> None:
    rows = reader.post("/search/suggest/", {"q": "spiki"}).json()["suggestions"]
    assert "/spiking/" in [row["url"] for row in rows]
    assert set(rows[0]) == {"name", "title", "url", "certain"}


# What changes


def test_a_new_name_is_found_at_once_and_a_withdrawn_page_never_more() -> None:
    assert find("zonkers").unknown_names == ("zonkers",)
    page = SubstancePageFactory(title="Examplium", names=["zonkers"])
    page.explain(small=True)
    page.save_revision().publish()
    assert slugs("zonkers") == ["examplium"]
    page.unpublish()
    assert find("zonkers").results == []
    assert not SearchDocument.objects.filter(page_id=page.pk).exists()


def test_a_changed_list_of_words_counts_at_once() -> None:
    assert find("vaping xqblort").unknown_names == ("xqblort",)
    plain = WordList.objects.get(code="plain")
    plain.words += "\nxqblort"
    plain.save()
    assert find("vaping xqblort").unknown_names == ()


def test_a_private_page_is_not_found() -> None:
    page = SubstancePage.objects.get(slug="ketamine")
    PageViewRestriction.objects.create(page=page, restriction_type="login")
    assert "ketamine" not in [*slugs("ketamine"), *slugs("bladder")]


def test_a_page_that_went_behind_the_index_s_back_is_not_shown() -> None:
    assert "ketamine" in slugs("bladder")
    SubstancePage.objects.filter(slug="ketamine").update(live=False)
    lexicon.forget()
    assert "ketamine" not in slugs("bladder")


def test_an_empty_index_answers_too(reader: Client) -> None:
    SearchDocument.objects.all().delete()
    lexicon.forget()
    assert reader.post("/search/", {"q": "bladder"}).status_code == 200


def test_the_rebuild_indexes_every_page() -> None:
    before = SearchDocument.objects.count()
    SearchDocument.objects.all().delete()
    out = io.StringIO()
    call_command("rebuild_search", stdout=out)
    assert SearchDocument.objects.count() == before > 150
    assert str(before) in out.getvalue()


def test_what_changed_is_read_by_its_types_and_not_by_all_there_are(queries: Queries) -> None:
    def index(*pages: Page) -> int:
        changes = list(ContentChange.objects.filter(page_pk__in=[page.pk for page in pages]))
        return queries(lambda: update_index(changes))

    drug, topic = (
        SubstancePageFactory(title="Examplium"),
        StandardPageFactory(title="Examples", slug="examples"),
    )
    one_type = index(drug)
    both_types = index(drug, topic)
    assert both_types > one_type
    assert both_types < 2 * len(page_models())


def test_synonyms_leave_out_what_has_another_sense() -> None:
    (line,) = [line for line in synonyms() if line.endswith("=> ketamine")]
    names = line.split(" => ")[0].split(", ")
    assert "donkey dust" in names
    assert "k" not in names


# Costs, and what is kept


def test_a_search_costs_few_queries(queries: Queries) -> None:
    find("ketamine overdose")
    find("ket and alcohol")
    assert queries(lambda: find("ketamine bladder")) == 3  # the content stamp, the text index, its facets
    assert queries(lambda: find("ketamne")) == 1  # what may be misspelt is not looked for in texts
    assert queries(lambda: find("my mate wont wake up")) == 1
    # Two drugs: their pages, their groups, the records that join them.
    assert queries(lambda: find("ket and alcohol")) <= 6
    assert queries(lambda: suggest("ketamine")) <= 2


def test_counts_are_of_concepts_and_never_of_words(reader: Client, counted: Counted) -> None:
    for text in ("ket", "ketamne", "blorbine", "my mate overdosed", "best drug"):
        reader.post("/search/", {"q": text})
        reader.post("/search/suggest/", {"q": text})
    counts = counted()
    assert counts["search.concept", "substance:ketamine", ""] == 1
    assert counts["search.near", "substance:ketamine", ""] == 1
    assert counts["search.zero", "", ""] == 1
    assert counts["search.urgent", "emergency", ""] == 1
    assert counts["search.intent", "best", ""] == 1
    assert not any("blorbine" in part for key in counts for part in key)


def test_no_log_holds_a_word_of_it(reader: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for path in ("/search/", "/search/suggest/"):
            reader.post(path, {"q": "blorbine wibble"})
        reader.get("/api/v1/search", {"q": "blorbine wibble"})
    lines = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    assert not any("blorbine" in line for line in lines)


# The API


def test_the_answer_of_the_api(reader: Client) -> None:
    body = reader.get("/api/v1/search", {"q": "my mate took too many, ketamne?"}).json()
    assert set(body) == {"query", "crisis", "card", "unknown_names", "results", "facets"}
    assert body["crisis"]["show"] is True
    assert body["crisis"]["intent"] == "emergency"
    card = body["crisis"]["card"]
    assert card["helplines"][0]["tel"] == "999"
    assert card["url"] == "http://testserver/emergency/"
    first = next(row for row in body["results"] if row["kind"] == "substance")
    assert set(first) == {
        "slug", "title", "kind", "audience", "url", "certain", "matched", "snippet", "score",
    }  # fmt: skip
    assert (first["slug"], first["certain"], first["matched"]["how"]) == ("ketamine", False, "near")
    assert first["url"] == "http://testserver/drugs/ketamine/"
    assert body["facets"]["kind"]["substance"] >= 1


def test_the_api_filters(reader: Client) -> None:
    body = reader.get("/api/v1/search", {"q": "cannabis", "kind": "topic"}).json()
    assert {row["kind"] for row in body["results"]} == {"topic"}
    assert body["facets"]["kind"]["substance"] > 1
    body = reader.get("/api/v1/search", {"q": "vapes", "audience": "teachers"}).json()
    assert {row["audience"] for row in body["results"]} == {"teachers"}
    answer = reader.get("/api/v1/search", {"q": "vapes", "kind": "nonsense"})
    assert answer.status_code == 400
    assert "substance" in answer.json()["kind"]


def test_the_api_asks_for_words(reader: Client) -> None:
    for address in ("/api/v1/search", "/api/v1/suggest"):
        answer = reader.get(address)
        assert answer.status_code == 400
        assert "?q=ket" in answer.json()["q"]


def test_health_says_which_engine_answers(reader: Client) -> None:
    search = reader.get("/healthz/").json()["search"]
    assert search["engine"] in {"sqlite", "postgresql"}
    assert search["ok"] is True
    assert search["documents"] == SearchDocument.objects.count()
