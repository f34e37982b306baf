"""Printed pages have the text, the sources and the number to call, and nothing to click."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.places import BY_NAME, visit
from tests.e2e.server import Site

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]


@pytest.mark.parametrize("name", ["home", "substance", "pack", "help", "topic"])
def test_what_only_works_on_a_screen_is_not_printed(page: Page, site: Site, name: str) -> None:
    visit(page, site, BY_NAME[name])
    page.emulate_media(media="print")
    for role in ("search", "navigation"):
        for element in page.get_by_role(role, include_hidden=True).all():
            expect(element).to_be_hidden()
    expect(page.get_by_text("Exit this page", exact=True).first).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("999").first).to_be_visible()


def test_a_printed_substance_page_is_complete(page: Page, site: Site) -> None:
    visit(page, site, BY_NAME["substance"])
    on_screen = page.locator("article section h2").all_inner_texts()
    page.emulate_media(media="print")
    for heading in on_screen:
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    for paragraph in page.locator("article .prose > p:not(.cites)").all():
        expect(paragraph).to_be_visible()
    # On paper the section on mixing lists names by level only; the reasons would fill a second sheet.
    expect(page.locator("#mixing .on-paper")).to_be_visible()
    expect(page.locator("#mixing .mixes")).to_be_hidden()
    assert page.locator("article .prose p:not(.cites)").count() > 10
    expect(page.locator("#law")).to_be_visible()
    expect(page.locator("#sources")).to_be_visible()


@pytest.mark.parametrize("slug", ["ketamine", "nitrous-oxide", "mdma", "thc-vapes"])
def test_a_substance_fits_on_one_sheet(page: Page, site: Site, slug: str) -> None:
    """Two sides of A4. Groups with many members and laws may need a third."""
    page.goto(f"{site.url}/drugs/{slug}/")
    sides = re.findall(rb"/Type\s*/Page[^s]", page.pdf(format="A4", prefer_css_page_size=True))
    assert 1 <= len(sides) <= 2


def test_it_is_dark_on_white_whatever_the_screen_is(page: Page, site: Site) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    visit(page, site, BY_NAME["substance"])
    colours = page.evaluate("""() => ["h1", "main p", "main li"].map((selector) => {
        const colour = getComputedStyle(document.querySelector(selector)).color;
        const [red, green, blue] = colour.match(/[\\d.]+/g).map(Number);
        return (red + green + blue) / 3;
    })""")
    assert max(colours) < 128, colours
