"""The cost of a first visit for somebody who pays by the megabyte: all bytes and all requests."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e.places import BY_NAME
from tests.e2e.server import Site

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]

KB = 1000


def transfers(page: Page) -> list[int]:
    """A list to which the size of every later response is added: bytes of headers and body on the wire."""
    sizes: list[int] = []

    def finished(event: dict[str, Any]) -> None:
        sizes.append(int(event["encodedDataLength"]))

    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", finished)
    return sizes


# Bounds, not records: a few KB above what there is, so that a picture or a library that slips in is noticed.
@pytest.mark.parametrize(
    ("name", "most_kilobytes", "most_requests"),
    [
        ("home", 60, 14),
        ("A to Z", 60, 14),
        ("substance", 60, 13),
        ("group", 60, 13),
        ("families", 60, 13),
        ("mixing", 60, 13),
        ("topics", 60, 13),
        ("changes", 60, 13),
        ("finder", 55, 13),
        ("pack", 60, 13),
        ("help", 55, 13),
        ("topic", 55, 13),
        ("search", 60, 13),
    ],
)
def test_a_first_view_is_small(
    page: Page, site: Site, name: str, most_kilobytes: int, most_requests: int
) -> None:
    sizes = transfers(page)
    page.goto(site.url + BY_NAME[name].path, wait_until="networkidle")
    print(f"\n| {name} | {sum(sizes) / KB:.1f} KB | {len(sizes)} requests |")  # noqa: T201 - shown by pytest -s
    assert sum(sizes) <= most_kilobytes * KB
    assert len(sizes) <= most_requests


def test_a_second_page_only_costs_its_text(page: Page, site: Site) -> None:
    """The browser keeps what all pages share for ever, because its address changes with its content."""
    page.goto(f"{site.url}/drugs/ketamine/", wait_until="networkidle")
    sizes = transfers(page)
    page.goto(f"{site.url}/drugs/cannabis/", wait_until="networkidle")
    assert sum(sizes) <= 25 * KB
