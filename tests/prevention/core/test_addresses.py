"""Former addresses lead on to the page as it is now, and counts stay with the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from wagtail.contrib.redirects.models import Redirect

from prevention.core.models import BasePage
from prevention.home.models import StandardPage
from prevention.substances.models import SubstanceIndexPage, SubstancePage
from tests.factories import InteractionFactory, StandardPageFactory, SubstancePageFactory

pytestmark = pytest.mark.django_db
API = "/api/v1/substances/"
Counts = Callable[[], dict[tuple[str, str, str], int]]


@pytest.fixture
def page() -> SubstancePage:
    made: SubstancePage = SubstancePageFactory(title="Examplium")
    return made


def rename(page: BasePage, *slugs: str) -> None:
    for slug in slugs:
        page.slug = slug
        page.explain(small=True)
        page.save_revision().publish()


def leads(reader: Client, address: str) -> tuple[int, str]:
    response = reader.get(address)
    return response.status_code, response.headers.get("Location", "")


@pytest.mark.parametrize("root", ["/drugs/", API])
def test_an_old_slug_leads_on_in_one_step_and_back(reader: Client, page: SubstancePage, root: str) -> None:
    end = "/" if root == "/drugs/" else ""
    first, second, third = (f"{root}{slug}{end}" for slug in ("examplium", "second", "third"))
    rename(page, "second", "third")
    assert leads(reader, first) == leads(reader, second) == (302, third)
    assert leads(reader, third) == (200, "")
    rename(page, "examplium")
    assert leads(reader, first) == (200, "")
    assert leads(reader, second) == leads(reader, third) == (302, first)


def test_a_query_and_a_missing_slash_do_not_matter(reader: Client, page: SubstancePage) -> None:
    rename(page, "second")
    assert leads(reader, "/drugs/examplium/?name=ket") == (302, "/drugs/second/")
    assert reader.get("/drugs/examplium", follow=True).redirect_chain[-1] == ("/drugs/second/", 302)
    assert reader.head("/drugs/examplium/").status_code == 302
    assert reader.post("/drugs/examplium/").status_code in {404, 405}


def test_an_old_slug_is_understood_where_substances_are_chosen(reader: Client, page: SubstancePage) -> None:
    InteractionFactory(first=SubstancePage.objects.get(slug="ketamine"), second=page)
    rename(page, "second")
    answer = reader.get("/api/v1/interactions", {"substance": ["examplium", "ketamine"]}).json()
    assert [row["between"] for row in answer["results"]] == [["ketamine", "second"]]
    html = reader.get("/drugs/mixing/?drug=examplium&drug=ketamine").content.decode()
    assert "They slow your breathing." in html


def test_no_redirect_leads_to_what_has_gone(reader: Client, page: SubstancePage) -> None:
    rename(page, "second")
    page.unpublish()
    for address in ("/drugs/examplium/", "/drugs/second/", f"{API}examplium", f"{API}second"):
        assert leads(reader, address) == (410, "")


def test_a_new_page_with_an_old_slug_wins(reader: Client, page: SubstancePage) -> None:
    rename(page, "second")
    new = SubstancePageFactory(title="Newium", slug="examplium")
    assert "Newium" in reader.get("/drugs/examplium/").content.decode()
    assert reader.get(f"{API}examplium").json()["name"] == "Newium"
    new.unpublish()
    assert leads(reader, "/drugs/examplium/") == leads(reader, f"{API}examplium") == (410, "")
    assert leads(reader, "/drugs/second/") == (200, "")


def test_what_is_below_leads_on_too(reader: Client) -> None:
    index = SubstanceIndexPage.objects.get()
    rename(index, "all-drugs")
    assert leads(reader, "/drugs/ketamine/") == (302, "/all-drugs/ketamine/")
    above, elsewhere = StandardPageFactory(title="Above"), StandardPageFactory(title="Elsewhere")
    StandardPageFactory(title="Below", parent=above)
    above.move(elsewhere, pos="last-child")
    assert leads(reader, "/above/") == (302, "/elsewhere/above/")
    assert leads(reader, "/above/below/") == (302, "/elsewhere/above/below/")


def test_another_page_that_has_the_slug_as_a_name_does_not_come_between(
    reader: Client, page: SubstancePage
) -> None:
    rename(page, "second")
    SubstancePageFactory(title="Otherium", names=["Examplium"])
    assert leads(reader, "/drugs/examplium/") == (302, "/drugs/second/")
    page.unpublish()
    assert leads(reader, "/drugs/examplium/") == (410, "")


def test_a_draft_that_is_renamed_leaves_no_address(reader: Client) -> None:
    draft = StandardPageFactory(title="Draft", live=False)
    draft.slug = "another"
    draft.save()
    assert leads(reader, "/draft/") == (404, "")


# Redirects that people make by hand


def test_a_redirect_by_hand_is_temporary_and_leads_to_what_is_public(reader: Client) -> None:
    page = StandardPageFactory(title="Quixotic")
    Redirect.add_redirect("/poster", page, is_permanent=True)
    Redirect.add_redirect("/abroad", "https://www.nhs.uk/", is_permanent=True)
    assert leads(reader, "/poster/") == (302, "/quixotic/")
    assert leads(reader, "/abroad/") == (302, "https://www.nhs.uk/")
    page.unpublish()
    assert leads(reader, "/poster/") == (410, "")


@pytest.mark.parametrize("target", ["/two", "http://testserver/two", "/one"])
def test_redirects_by_hand_can_not_go_in_circles(reader: Client, target: str) -> None:
    Redirect.add_redirect("/one", target)
    Redirect.add_redirect("/two", "/one")
    assert leads(reader, "/one/") == (404, "")


# Counts


def test_views_before_and_after_a_rename_are_one_series(
    reader: Client, page: SubstancePage, counted: Counts
) -> None:
    reader.get("/drugs/examplium/")
    rename(page, "second")
    reader.get("/drugs/second/")
    reader.post("/search/", {"q": "examplium"})
    rename(page, "third")
    reader.get("/drugs/third/")
    assert counted()["page.view", "substance:examplium", ""] == 3
    assert counted()["search.concept", "substance:examplium", ""] == 1
    rename(page, "examplium")
    assert page.content_key == "substance:examplium"


def test_a_new_page_with_an_old_slug_is_counted_by_itself(
    reader: Client, page: SubstancePage, counted: Counts
) -> None:
    rename(page, "second")
    new: Any = SubstancePageFactory(title="Newium", slug="examplium")
    for address in ("/drugs/examplium/", "/drugs/second/", "/drugs/second/"):
        reader.get(address)
    assert counted() == {
        ("page.view", f"substance:examplium-{new.pk}", ""): 1,
        ("page.arrive", f"substance:examplium-{new.pk}", ""): 1,
        ("page.view", "substance:examplium", ""): 2,
        ("page.arrive", "substance:examplium", ""): 2,
    }
    key = new.content_key
    rename(new, "third")
    assert new.content_key == key


def test_a_page_that_was_deleted_keeps_its_counts_for_itself() -> None:
    gone = StandardPageFactory(title="Quixotic")
    gone.delete()
    new: StandardPage = StandardPageFactory(title="Quixotic")
    assert new.content_key == f"topic:quixotic-{new.pk}"
