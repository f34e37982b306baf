"""One address for every kind of page that a reader can meet."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page, Response

from tests.e2e.server import GONE, Site


@dataclass(frozen=True)
class Place:
    """A kind of page: its name in reports, its address, words for the search box, its status."""

    name: str
    path: str
    typed: str = ""
    status: int = 200


PLACES = (
    Place("home", "/"),
    Place("A to Z", "/drugs/"),
    Place("substance", "/drugs/ketamine/"),
    Place("substance by a street name", "/drugs/ketamine/?name=ket"),
    Place("group", "/drugs/benzodiazepines/"),
    Place("families", "/drugs/types-of-drugs/"),
    Place("mixing", "/drugs/mixing/"),
    Place("mixing, answered", "/drugs/mixing/?drug=alcohol&drug=ghb-gbl&drug=ketamine"),
    Place("topics", "/topics/"),
    Place("changes", "/changes/"),
    Place("finder", "/resources/"),
    Place("finder, nothing fits", "/resources/?key_stage=no-such-stage"),
    Place("pack", "/resources/ketamine-and-choices/"),
    Place("help", "/help/"),
    Place("topic", "/emergency/"),
    Place("search", "/search/"),
    Place("search, found", "/search/", typed="ketamine"),
    Place("search, misspelt", "/search/", typed="ketamne"),
    Place("search, urgent", "/search/", typed="overdose"),
    Place("search, nothing found", "/search/", typed="qqqqzzzz"),
    Place("search, mixing", "/search/", typed="can i mix ket and alcohol"),
    Place("search, card", "/search/", typed="how do i stop smoking weed"),
    Place("search, filters", "/search/", typed="alcohol"),
    Place("indicators", "/indicators/"),
    Place("API", "/api/v1/docs/"),
    Place("not found", "/no-such-page/", status=404),
    Place("gone", f"/drugs/{GONE}/", status=410),
)
BY_NAME = {place.name: place for place in PLACES}


def visit(page: Page, site: Site, place: Place) -> Response:
    """Open a place by its address, or by typing into the search box; return the response."""
    answer = page.goto(site.url + place.path)
    if place.typed:
        box = page.locator("main input[name=q]")
        box.fill(place.typed)
        with page.expect_navigation() as navigation:
            box.press("Enter")
        answer = navigation.value
    assert answer is not None, f"{place.path} gave no answer"
    assert answer.status == place.status, f"{place.path} answered {answer.status}"
    assert page.url == site.url + place.path, f"{place.path} led elsewhere"
    return answer
