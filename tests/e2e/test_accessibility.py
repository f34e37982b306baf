"""No violation that axe knows on any kind of page, narrow and wide, light and dark; no sideways scroll."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import open_as_staff
from tests.e2e.places import BY_NAME, PLACES, Place, visit
from tests.e2e.server import Site

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]

Scheme = Literal["light", "dark"]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": RULES, "resultTypes": ["violations"]}
NARROW, WIDE = 320, 1280  # 320 is a wide window at 400 % zoom: WCAG 1.4.10
LARGE_TEXT = {"standard": 32, "fixed": 26}  # twice what browsers begin with: WCAG 1.4.4
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
STAFF_PATHS = (
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/password/change/",
    "/accounts/logout/",
    "/admin/reports/jobs/",
    "/admin/reports/urgent/",
)
WIDER_THAN_WINDOW = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll("body *")]
        .filter((element) => element.getBoundingClientRect().right > width + 1)
        .map((element) => `<${element.localName} class="${element.className}">`)
        .slice(0, 5);
}"""


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """One tab for all pages. They store nothing, so one can not influence the next."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


def problems(page: Page) -> list[str]:
    """Return a line for each violation in each width and colour scheme, and for sideways scroll."""
    found = []
    for width in (NARROW, WIDE):
        page.set_viewport_size({"width": width, "height": 800})
        found += [f"{width} px: too wide: {element}" for element in page.evaluate(WIDER_THAN_WINDOW)]
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            report: dict[str, Any] = Axe().run(page, options=OPTIONS).response
            found += [f"{width} px, {scheme}: {line}" for line in lines(report)]
    return found


def lines(report: dict[str, Any]) -> list[str]:
    """Return a line for each violation: the rule, what is wrong, the element."""
    return [
        f"{rule['id']}: {node['failureSummary']} {node['html']}"
        for rule in report["violations"]
        for node in rule["nodes"]
    ]


def test_no_violation_under_an_open_list_of_suggestions(tab: Page, site: Site) -> None:
    for name in ("substance", "search"):
        visit(tab, site, BY_NAME[name])
        tab.locator("input[name=q]").first.press_sequentially("ketam")
        expect(tab.get_by_role("option").first).to_be_visible()
        tab.keyboard.press("ArrowDown")
        assert problems(tab) == []


@pytest.mark.parametrize(
    "place", [*PLACES, Place("sign-in", "/accounts/login/")], ids=lambda place: place.name
)
def test_no_violation(tab: Page, site: Site, place: Place) -> None:
    visit(tab, site, place)
    found = problems(tab)
    print(f"\n| {place.name} | {len(found)} |")  # noqa: T201 - shown by pytest -s
    assert found == []


@pytest.mark.parametrize("path", STAFF_PATHS)
def test_no_violation_for_staff(staff: BrowserContext, site: Site, path: str) -> None:
    page = staff.new_page()
    open_as_staff(page, site, path)
    assert problems(page) == []


@pytest.mark.parametrize("width", [360, WIDE])
@pytest.mark.parametrize(
    "name",
    [
        "home",
        "substance",
        "group",
        "A to Z",
        "families",
        "mixing, answered",
        "pack",
        "help",
        "search, urgent",
    ],
)
def test_large_text(page: Page, site: Site, name: str, width: int) -> None:
    page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": LARGE_TEXT})
    page.set_viewport_size({"width": width, "height": 800})
    visit(page, site, BY_NAME[name])
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 32
    assert page.evaluate(WIDER_THAN_WINDOW) == []
    for way in ("Call 999", "Exit"):
        expect(page.get_by_role("link", name=way).first).to_be_in_viewport(ratio=1)


def test_axe_can_see_a_violation(tab: Page, site: Site) -> None:
    visit(tab, site, PLACES[0])
    tab.evaluate("document.querySelector('main').append(new Image())")
    assert any("image-alt" in problem for problem in problems(tab))
