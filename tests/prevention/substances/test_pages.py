"""The substance page and the A to Z: what they show and what they do not show."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from prevention.core.models import Citation, SearchName
from prevention.substances.models import Family, Question, SubstanceIndexPage, SubstanceName, SubstancePage
from prevention.substances.models.indexes import first_letter
from prevention.substances.sections import CITABLE, QUICK_FACTS, SECTIONS
from tests.emptied import withdraw_quickly
from tests.factories import DAY, SubstancePageFactory

pytestmark = pytest.mark.django_db


def name(page: SubstancePage, text: str, **changes: Any) -> SubstanceName:
    """Give the page a name."""
    return SubstanceName.objects.create(
        page=page, name=text, source="The tests", **{"kind": "street", **changes}
    )


def write(page: SubstancePage, **fields: object) -> None:
    """Set fields of the page and publish it."""
    for field, value in fields.items():
        setattr(page, field, value)
    page.explain(small=True)
    page.save_revision().publish()


def cite(page: SubstancePage, section: str, number: int = 1) -> None:
    """Add a source for a section."""
    Citation.objects.create(
        page=page,
        section=section,
        title=f"Study {number}",
        publisher="NHS",
        url=f"https://www.nhs.uk/{number}/",
        accessed=DAY,
    )


@pytest.fixture
def page() -> SubstancePage:
    """A substance page."""
    made: SubstancePage = SubstancePageFactory(title="Examplium")
    return made


# Names


def test_names_are_grouped_by_kind_in_the_order_of_the_kinds(page: SubstancePage) -> None:
    name(page, "exy", sort_order=2)
    name(page, "plum", sort_order=1)
    name(page, "Exemplar", kind="brand")
    groups = page.public_names()
    assert [(group["kind"], group["kind_label"]) for group in groups] == [
        ("brand", "Brand name"),
        ("street", "Street name"),
    ]
    assert [row.name for row in groups[1]["names"]] == ["plum", "exy"]


def test_a_name_for_search_alone_is_shown_to_who_typed_it(page: SubstancePage, reader: Client) -> None:
    page.search_lists.create(names="Zzseldom\nzzother", kind="street", source="A list")
    page.search_lists.create(names="zzvile", kind="street", source="A list", offensive=True)
    assert page.public_names() == []
    for address in ("/drugs/examplium/", "/drugs/", "/api/v1/substances/examplium", "/api/v1/substances"):
        assert "zzseldom" not in reader.get(address).content.decode().lower()
    page.explain(small=True)
    page.save_revision().publish()
    assert "Zzseldom" in reader.get("/api/v1/search?q=zzseldom").content.decode()
    assert "Zzseldom" in reader.get("/drugs/examplium/?name=zzseldom").content.decode()
    assert "That is a street name for" in reader.get("/drugs/examplium/?name=zzother").content.decode()
    found = reader.get("/api/v1/search?q=zzvile").json()["results"][0]
    assert (found["slug"], found["matched"]["name"]) == ("examplium", "")
    assert "zzvile" not in reader.get("/drugs/examplium/?name=zzvile").content.decode()


@pytest.mark.parametrize("hidden", [{"offensive": True}, {"show_publicly": False}])
def test_a_hidden_name_is_found_but_shown_nowhere(
    page: SubstancePage, reader: Client, hidden: dict[str, bool]
) -> None:
    name(page, "Zzhidden", **hidden)
    assert page.public_names() == []
    assert "zzhidden" not in reader.get("/drugs/examplium/?name=zzhidden").content.decode().lower()
    assert "zzhidden" not in reader.get("/drugs/").content.decode().lower()
    assert "zzhidden" not in reader.get("/api/v1/substances/examplium").content.decode().lower()
    assert "zzhidden" not in reader.get("/api/v1/substances").content.decode().lower()
    assert "Zzhidden" in [row.name for row in page.search_names()]
    page.explain(small=True)
    page.save_revision().publish()
    for address in ("/api/v1/search?q=zzhidden", "/api/v1/suggest?q=zzhidd"):
        text = reader.get(address).content.decode()
        assert "examplium" in text.lower()
        assert "Zzhidden" not in text
    html = reader.post("/search/", {"q": "zzhidden"}).content.decode()
    assert 'href="/drugs/examplium/' in html
    assert "Zzhidden" not in html


@pytest.mark.parametrize(("wanted", "shown"), [("exy", True), ("EXY", True), ("exyy", False), ("", False)])
def test_the_page_says_by_which_name_it_was_found(
    page: SubstancePage, reader: Client, wanted: str, shown: bool
) -> None:
    name(page, "exy")
    html = reader.get("/drugs/examplium/", {"name": wanted}).content.decode()
    assert ("You looked for" in html) is shown


def test_a_name_that_the_page_does_not_have_is_not_repeated(page: SubstancePage, reader: Client) -> None:
    html = reader.get("/drugs/examplium/", {"name": "<script>alert(1)</script>"}).content.decode()
    assert "alert(1)" not in html


def test_search_gets_every_name_with_its_kind_and_doubt(page: SubstancePage) -> None:
    name(page, "exy", ambiguous=True)
    assert list(page.search_names()) == [
        SearchName("Examplium", "title"),
        SearchName("exy", "street", ambiguous=True),
    ]
    assert page.names_text == "exy"
    assert str(page.names.get()) == "exy"


# Quick facts, emergency, sections


def test_too_few_quick_facts_are_not_shown(page: SubstancePage, reader: Client) -> None:
    for field, _ in QUICK_FACTS[:3]:
        setattr(page, field, "A fact.")
    page.explain(small=True)
    page.save_revision().publish()
    assert page.quick_facts() == []
    assert "The quick version" not in reader.get("/drugs/examplium/").content.decode()
    setattr(page, QUICK_FACTS[3][0], "A fourth fact.")
    page.explain(small=True)
    page.save_revision().publish()
    assert page.quick_facts() == [(label, getattr(page, field)) for field, label in QUICK_FACTS[:4]]
    assert "A fourth fact." in reader.get("/drugs/examplium/").content.decode()


def test_lines_become_lists(page: SubstancePage) -> None:
    page.emergency_signs = "  One \n\n Two\r\n"
    page.emergency_dont = ""
    assert page.emergency() == {"signs": ["One", "Two"], "do": ["Call 999"], "dont": []}


def test_only_sections_with_text_are_there_with_the_numbers_of_their_sources(page: SubstancePage) -> None:
    page.citations.all().delete()
    for number, section in enumerate(["staying_safer", "mixing", "mixing"], start=1):
        cite(page, section, number)
    cite(page, "mixing", 1)
    write(
        page,
        mixing="<p>Each makes the other worse.</p>",
        looks="<p> </p>",
        staying_safer="Not taking it.\nNot alone.",
    )
    rows = SubstancePage.objects.get(pk=page.pk).sections()
    assert [row["field"] for row in rows] == ["mixing", "staying_safer"]
    assert rows[0]["citation_numbers"] == [1, 2, 3]
    assert rows[1]["citation_numbers"] == [1]
    assert (rows[0]["anchor"], rows[1]["anchor"]) == ("mixing", "staying-safer")
    assert rows[1]["items"] == ["Not taking it.", "Not alone."]
    assert rows[1]["html"] == ""


def test_the_page_says_that_stopping_is_dangerous(page: SubstancePage, reader: Client) -> None:
    cite(page, "dependence", 1)
    write(page, dependence="<p>It creeps up.</p>")
    assert "Stopping suddenly" not in reader.get("/drugs/examplium/").content.decode()
    write(page, stopping_is_dangerous=True)
    assert "Stopping suddenly can be dangerous" in reader.get("/drugs/examplium/").content.decode()
    assert reader.get("/api/v1/substances/examplium").json()["stopping_is_dangerous"] is True


HOSTILE = (
    '<p onclick="alert(1)" style="color:red">Hello<script>alert(2)</script>'
    '<a href="javascript:alert(3)">x</a><img src=x onerror=alert(4)><iframe src="//a.example"></iframe></p>'
)


def test_what_leaves_as_html_is_clean(page: SubstancePage, reader: Client) -> None:
    for number, section in enumerate(SECTIONS):
        cite(page, section.field, number)
    write(page, law_notes=HOSTILE, **{section.field: HOSTILE for section in SECTIONS})
    Question.objects.create(page=page, question=HOSTILE[:150], answer=HOSTILE)
    answer = reader.get("/api/v1/substances/examplium").json()
    html = "".join(section["html"] for section in answer["sections"])
    assert "Hello" in html
    assert not re.search(r"alert|onclick|style=|<img|<iframe|javascript", html)
    shown = reader.get("/drugs/examplium/").content.decode()
    assert not re.search(r"<p onclick|<script>alert|<a href=.javascript|<img src=x|<iframe", shown)
    assert "&lt;p onclick" in shown, "a plain tip is shown as it was typed"


def test_the_text_for_search_has_every_part_without_tags(page: SubstancePage) -> None:
    cite(page, "mixing", 1)
    write(page, mixing="<p>Each makes<br>the other <b>worse</b>.</p>", law_notes="<p>It is illegal.</p>")
    Question.objects.create(page=page, question="Is it new?", answer="<p>Yes.</p>")
    text = page.search_text()
    for part in ("Each makes the other worse.", "It is illegal.", "Is it new? Yes.", "Call 999"):
        assert part in text
    assert "<" not in text
    assert str(page.questions.get()) == "Is it new?"


def test_families_are_shown(page: SubstancePage) -> None:
    family = Family.objects.get(slug="dissociatives")
    page.families.set([family])
    page.explain(small=True)
    page.save()
    assert SubstancePage.objects.get(pk=page.pk).family_list == [family]
    assert str(family) == family.name


def test_a_view_is_counted_once_under_the_page(page: SubstancePage, reader: Client, counted: Any) -> None:
    reader.get("/drugs/examplium/")
    reader.get("/drugs/examplium/")
    assert counted()[("page.view", "substance:examplium", "")] == 2


# The A to Z


@pytest.mark.parametrize(
    ("text", "letter"), [("ket", "K"), ("Éclair", "É"), ("2C-B", "0-9"), ("'shrooms", "0-9"), ("", "0-9")]
)
def test_the_letter_of_a_name(text: str, letter: str) -> None:
    assert first_letter(text) == letter


def test_letters_stand_in_order_and_digits_last() -> None:
    SubstancePageFactory(title="2C-X")
    SubstancePageFactory(title="Aardvarkium")
    letters = [group["letter"] for group in SubstanceIndexPage.objects.get().letters()]
    assert letters[-1] == "0-9"
    assert letters[:-1] == sorted(letters[:-1])
    assert letters[0] == "A"


def test_street_names_lead_to_their_substance(reader: Client) -> None:
    page = SubstancePageFactory(title="Examplium", names=["zzname", "examplium"])
    entries = [row for row in SubstanceIndexPage.objects.get().entries() if row["slug"] == page.slug]
    assert [(row["name"], row["main"]) for row in entries] == [("Examplium", None), ("zzname", "Examplium")]
    html = reader.get("/drugs/").content.decode()
    assert 'href="examplium/">zzname<i>: Examplium' in html


def test_a_draft_and_a_private_page_are_not_listed(reader: Client) -> None:
    SubstancePageFactory(title="Draftium", live=False)
    assert "Draftium" not in reader.get("/drugs/").content.decode()
    assert reader.get("/drugs/draftium/").status_code == 404
    assert reader.get("/api/v1/substances/draftium").status_code == 404


def test_an_empty_list_says_so_and_offers_help(reader: Client) -> None:
    withdraw_quickly(SubstancePage.objects.all())
    html = reader.get("/drugs/").content.decode()
    assert "nothing in this list yet" in html
    assert "/help/" in html


def test_what_is_withdrawn_vanishes_at_once(page: SubstancePage, reader: Client) -> None:
    assert reader.get("/drugs/examplium/").status_code == 200
    page.unpublish()
    assert reader.get("/drugs/examplium/").status_code == 410
    assert "Examplium" not in reader.get("/drugs/").content.decode()


def test_every_section_can_be_cited() -> None:
    assert {section.field for section in SECTIONS} <= set(CITABLE)
    assert len({section.anchor for section in SECTIONS}) == len(SECTIONS)
