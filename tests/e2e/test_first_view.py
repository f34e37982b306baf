"""How much a first visit costs on a paid-by-the-megabyte phone: bytes over the wire and requests, all counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from tests.e2e.places import BY_NAME
from tests.e2e.server import Site

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]

KB = 1000


@dataclass(frozen=True)
class View:
    """What the first view of a page cost."""

    requests: int
    bytes: int


@pytest.fixture
def first_view(context: BrowserContext, site: Site) -> Callable[[str], View]:
    """Return a function that opens a path in a browser which has nothing yet."""

    def measure(path: str) -> View:
        page = context.new_page()
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        finished: list[dict[str, Any]] = []
        wire.on("Network.loadingFinished", lambda event: finished.append(event))
        page.goto(site.url + path, wait_until="networkidle")
        page.evaluate("document.fonts.ready.then(() => true)")
        return View(len(finished), int(sum(request["encodedDataLength"] for request in finished)))

    return measure


# A substance page is the one that matters most: 60 KB is what the issue of a public service page should stay under.
@pytest.mark.parametrize(
    ("name", "most_kilobytes", "most_requests"),
    [
        ("home", 60, 12),
        ("A to Z", 60, 12),
        ("substance", 60, 12),
        ("finder", 55, 12),
        ("pack", 60, 12),
        ("help", 55, 12),
        ("topic", 55, 12),
        ("search", 55, 12),
    ],
)
def test_a_first_view_is_small(
    first_view: Callable[[str], View], name: str, most_kilobytes: int, most_requests: int
) -> None:
    view = first_view(BY_NAME[name].path)
    print(f"\n| {name} | {view.bytes / KB:.1f} KB | {view.requests} requests |")  # noqa: T201 - shown by pytest -s
    assert view.bytes <= most_kilobytes * KB
    assert view.requests <= most_requests


def test_a_second_page_only_costs_its_text(context: BrowserContext, site: Site) -> None:
    """What all pages share is kept by the browser for ever: its address changes with its content."""
    page = context.new_page()
    page.goto(f"{site.url}/drugs/ketamine/", wait_until="networkidle")
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    asked: list[str] = []
    wire.on("Network.responseReceived", lambda event: asked.append(event["response"]["url"]))
    finished: list[dict[str, Any]] = []
    wire.on("Network.loadingFinished", lambda event: finished.append(event))
    page.goto(f"{site.url}/drugs/cannabis/", wait_until="networkidle")
    assert sum(request["encodedDataLength"] for request in finished) <= 25 * KB, asked
