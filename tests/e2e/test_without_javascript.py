"""The whole site without JavaScript, as on an old phone or a locked school computer."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import PATIENCE_MS
from tests.e2e.server import Site

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """A phone whose browser runs no script."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def search(page: Page, site: Site, words: str) -> None:
    """Type words into the box of the home page and send them."""
    page.goto(f"{site.url}/")
    page.get_by_role("searchbox").fill(words)
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**/search/**")


def test_a_misspelt_name_leads_to_the_page(plain: Page, site: Site) -> None:
    search(plain, site, "ketamne")
    assert plain.url == f"{site.url}/search/", "what was typed must not stand in the address"
    assert "ketamne" not in plain.title()
    expect(plain.get_by_role("heading", name="Did you mean")).to_be_visible()
    plain.get_by_role("link", name="Ketamine", exact=True).click()
    assert plain.url == f"{site.url}/drugs/ketamine/"
    expect(plain.get_by_role("heading", level=1)).to_have_text("Ketamine")


def test_from_the_home_page_to_a_drug_by_its_family(plain: Page, site: Site) -> None:
    plain.goto(f"{site.url}/")
    plain.get_by_role("link", name="Dissociatives", exact=True).click()
    assert plain.url == f"{site.url}/drugs/dissociatives/"
    plain.get_by_role("region", name="Drugs in this group").get_by_role("link", name="Ketamine").click()
    assert plain.url == f"{site.url}/drugs/ketamine/"


def test_urgent_help_stands_above_the_results(plain: Page, site: Site) -> None:
    search(plain, site, "took ketamine and my friend wont wake up")
    card, results = plain.locator(".help-card"), plain.locator("ol.results").first
    call = card.get_by_text("999").first
    expect(call).to_be_visible()
    expect(results.get_by_role("link", name="Ketamine", exact=True)).to_be_visible()
    card_box, results_box = card.bounding_box(), results.bounding_box()
    assert card_box is not None
    assert results_box is not None
    assert card_box["y"] + card_box["height"] <= results_box["y"]
    expect(card).to_be_in_viewport()


def test_999_is_one_tap_away_on_every_page(plain: Page, site: Site) -> None:
    for path in ("/", "/drugs/ketamine/", "/resources/", "/search/", "/no-such-page/"):
        plain.goto(site.url + path)
        expect(plain.locator('a[href="tel:999"]').first).to_be_in_viewport()


def test_the_finder_filters(plain: Page, site: Site) -> None:
    plain.goto(f"{site.url}/resources/")
    packs = plain.locator(".card")
    everything = packs.count()
    shown = set()
    stages = (
        plain.get_by_label("Key stage")
        .locator("option")
        .evaluate_all("options => options.map((o) => o.value)")
    )
    for stage in filter(None, stages):
        plain.goto(f"{site.url}/resources/")
        plain.get_by_label("Key stage").select_option(stage)
        plain.get_by_role("button", name="Show packs").click()
        assert f"key_stage={stage}" in plain.url
        expect(plain.get_by_label("Key stage")).to_have_value(stage)
        shown.add(packs.count())
    assert everything > 1
    assert len(shown) > 1, "every key stage shows as many packs as every other"
    assert max(shown) <= everything


def test_a_pack_comes_as_a_zip_that_opens(plain: Page, site: Site) -> None:
    plain.goto(f"{site.url}/resources/ketamine-and-choices/")
    with plain.expect_download() as download:
        plain.get_by_role("link", name="Everything in one ZIP").click()
    assert download.value.suggested_filename == "ketamine-and-choices.zip"
    with zipfile.ZipFile(download.value.path()) as pack:
        assert pack.testzip() is None
        names = pack.namelist()
        assert len(names) == 3
        readme = next(name for name in names if "README" in name.upper())
        assert b"Candour" in pack.read(readme)
        for name in names:
            if name != readme:
                assert pack.read(name).startswith(b"PK"), f"{name} is not an Office file"


def test_one_file_of_a_pack_comes_alone(plain: Page, site: Site) -> None:
    plain.goto(f"{site.url}/resources/ketamine-and-choices/")
    with plain.expect_download() as download:
        plain.locator(".files__link").first.click()
    assert download.value.suggested_filename.endswith((".docx", ".pptx"))
    assert download.value.path().read_bytes().startswith(b"PK")


def test_the_way_out_is_a_plain_link(plain: Page, site: Site) -> None:
    plain.context.route(
        "https://www.bbc.co.uk/**", lambda route: route.fulfill(content_type="text/html", body="Weather")
    )
    plain.goto(f"{site.url}/drugs/ketamine/")
    way_out = plain.get_by_role("link", name="Exit")
    expect(way_out).to_be_in_viewport()
    way_out.click()
    plain.wait_for_url("https://www.bbc.co.uk/**")


def test_questions_open(plain: Page, site: Site) -> None:
    plain.goto(f"{site.url}/drugs/ketamine/")
    question = plain.locator("details").first
    question.locator("summary").click()
    expect(question.locator("> :not(summary)").first).to_be_visible()
