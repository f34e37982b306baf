"""Use without a mouse: the focus reaches everything, is visible, and is never trapped."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.places import BY_NAME, PLACES, Place, visit
from tests.e2e.server import Site

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]

EXIT = "https://www.bbc.co.uk/weather"
LEAST_TARGET = 24  # CSS pixels: WCAG 2.5.8
MOST_STOPS = 500

# The element with the focus: a number that identifies it, and whether its focus is visible.
FOCUSED = """() => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    window.stops ??= new Map();
    if (!window.stops.has(element)) window.stops.set(element, window.stops.size);
    const isRinged = (part) => {
        const style = getComputedStyle(part);
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    };
    const boxes = [...element.getClientRects()];
    const points = boxes.flatMap((box) =>
        [0.1, 0.5, 0.9].map((part) => [box.left + box.width * part, box.top + box.height / 2]));
    const covered = points.every(([x, y]) => {
        const top = document.elementFromPoint(x, y);
        return !top || !(element.contains(top) || top.contains(element));
    });
    return {
        number: window.stops.get(element),
        what: `<${element.localName} ${element.className}> ${element.textContent.trim()}`.slice(0, 80),
        ringed: isRinged(element) || isRinged(element.parentElement),  // a box and its button share a ring
        covered,
    };
}"""
FOCUSABLE = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
    .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.disabled).length"""
# A link in the run of a text may be as high as its line: WCAG 2.5.8 leaves it out.
SMALL_TARGETS = """(least) => [...document.querySelectorAll("a[href], button, input, select, summary")]
    .filter((element) => element.checkVisibility({ visibilityProperty: true }))
    .filter((element) => getComputedStyle(element).display !== "inline")
    .map((element) => [element, element.getBoundingClientRect()])
    .filter(([, box]) => box.width < least || box.height < least)
    .map(([element, box]) => `${element.outerHTML.slice(0, 80)}: ${box.width} x ${box.height}`)"""


def tab_through(page: Page) -> list[dict[str, Any]]:
    """Press Tab until the focus leaves the page; return all elements that had it. Fail if it never does."""
    stops: list[dict[str, Any]] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None or stop["number"] < len(stops):
            return stops
        stops.append(stop)
    pytest.fail(f"The focus is still on the page after {MOST_STOPS} presses of Tab, at {stops[-1]['what']}")


def test_the_skip_link_is_first_and_leads_to_the_content(page: Page, site: Site) -> None:
    visit(page, site, BY_NAME["substance"])
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the main content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize(
    "name", ["home", "substance", "finder", "pack", "help", "search, urgent", "search, filters"]
)
@pytest.mark.parametrize("width", [360, 1280])
def test_the_focus_goes_everywhere_is_seen_and_leaves(page: Page, site: Site, name: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    visit(page, site, BY_NAME[name])
    expected = page.evaluate(FOCUSABLE)
    page.evaluate("document.activeElement.blur()")
    stops = tab_through(page)
    assert len(stops) == expected
    assert [stop["what"] for stop in stops if not stop["ringed"]] == []
    assert [stop["what"] for stop in stops if stop["covered"]] == []


def test_search_from_the_header_to_the_first_result(page: Page, site: Site) -> None:
    visit(page, site, BY_NAME["help"])
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "q":
            break
    page.keyboard.type("ket")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Search")
    first = page.locator("ol.results a").first
    for _ in range(20):
        page.keyboard.press("Tab")
        if first.evaluate("link => link === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ketamine")


@pytest.mark.parametrize("name", ["home", "substance"])
def test_suggestions_are_walked_with_keys_alone(page: Page, site: Site, name: str) -> None:
    visit(page, site, BY_NAME[name])
    box = page.locator("input[name=q]").first
    box.focus()
    expect(box).to_have_role("combobox")
    expect(box).to_have_attribute("aria-expanded", "false")
    page.keyboard.type("donkey du")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(box.locator("xpath=ancestor::form").get_by_role("status")).to_contain_text("suggestion")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    expect(box).to_be_focused()
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(box).to_have_value("donkey du")
    page.keyboard.type("s")
    expect(options.first).to_contain_text("donkey dust")
    page.keyboard.press("ArrowDown")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url == f"{site.url}/drugs/ketamine/?name=donkey+dust"


def test_leaving_the_box_closes_its_suggestions(page: Page, site: Site) -> None:
    visit(page, site, BY_NAME["search"])
    box = page.locator("main input[name=q]")
    box.press_sequentially("ketam")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("option")).to_have_count(0)
    expect(page.get_by_role("button", name="Search")).to_be_focused()


def test_the_results_are_narrowed_with_keys_alone(page: Page, site: Site) -> None:
    visit(page, site, BY_NAME["search, filters"])
    page.get_by_role("checkbox", name="Topics").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Show only these").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Topics", level=2)).to_be_visible()
    expect(page.get_by_role("heading", name="Drugs", level=2)).to_have_count(0)
    expect(page.get_by_role("checkbox", name="Topics")).to_be_checked()


def test_a_question_opens_and_closes(page: Page, site: Site) -> None:
    visit(page, site, BY_NAME["substance"])
    question = page.locator("details").first
    answer = question.locator("> :not(summary)").first
    expect(answer).to_be_hidden()
    question.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(answer).to_be_visible()
    page.keyboard.press("Space")
    expect(answer).to_be_hidden()


def leave_to(context: BrowserContext) -> None:
    """Serve a page of ours at the address of the exit button, because the tests have no internet."""
    context.route(
        f"{EXIT}**", lambda route: route.fulfill(content_type="text/html", body="<title>Weather</title>")
    )


def test_the_way_out_by_its_link(context: BrowserContext, page: Page, site: Site) -> None:
    leave_to(context)
    visit(page, site, BY_NAME["home"])
    visit(page, site, BY_NAME["substance"])
    page.get_by_role("link", name="Exit").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{EXIT}**")
    page.go_back()
    assert page.url == f"{site.url}/", "Back must not lead to the page that was left"


def test_the_way_out_by_three_times_shift(context: BrowserContext, page: Page, site: Site) -> None:
    leave_to(context)
    visit(page, site, BY_NAME["substance"])
    for _ in range(2):
        page.keyboard.press("Shift")
    page.keyboard.press("a")  # any other key begins anew
    page.keyboard.press("Shift")
    page.wait_for_timeout(200)
    assert page.url.startswith(site.url)
    for _ in range(2):
        page.keyboard.press("Shift")
    page.wait_for_url(f"{EXIT}**")


def test_the_a_to_z_narrows_while_typing(page: Page, site: Site) -> None:
    visit(page, site, BY_NAME["A to Z"])
    page.get_by_label("Show only names").fill("ketam")
    expect(page.get_by_role("link", name="Ketamine", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Cannabis", exact=True)).to_be_hidden()
    expect(page.get_by_role("status")).to_contain_text("shown")


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_nothing_to_press_is_too_small(page: Page, site: Site, place: Place) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    visit(page, site, place)
    assert page.evaluate(SMALL_TARGETS, LEAST_TARGET) == []


def test_two_drugs_are_looked_up_with_keys_alone(page: Page, site: Site) -> None:
    visit(page, site, BY_NAME["mixing"])
    page.get_by_label("First").focus()
    page.keyboard.type("Alcohol")
    page.keyboard.press("Tab")
    page.keyboard.type("Ketamine")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Show what is known")).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url == f"{site.url}/drugs/mixing/?drug=alcohol&drug=ketamine&drug=#known"
    expect(page.get_by_role("heading", name="What is known of Alcohol and Ketamine")).to_be_visible()


def test_the_list_narrows_while_somebody_types(page: Page, site: Site) -> None:
    visit(page, site, BY_NAME["A to Z"])
    page.get_by_label("Show only names with these letters in them").fill("donkey d")
    expect(page.get_by_role("link", name="donkey dust: Ketamine")).to_be_visible()
    expect(page.get_by_role("link", name="Cannabis", exact=True)).to_be_hidden()
    expect(page.get_by_role("status")).to_have_text("1 name shown")
