"""Who is counted: people who opened a page, and nobody who asked not to be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as conf
from django.test import Client

from tests.conftest import BROWSER

Counted = Callable[[], dict[tuple[str, str, str], int]]
VIEW = ("page.view", "substance:ketamine", "")
ARRIVE = ("page.arrive", "substance:ketamine", "")
KETAMINE = "/drugs/ketamine/"


def test_a_page_that_a_person_opened_counts(reader: Client, counted: Counted) -> None:
    reader.get(KETAMINE)
    assert counted() == {VIEW: 1, ARRIVE: 1}


def test_kept_pages_and_304s_count_too(reader: Client, counted: Counted) -> None:
    etag = reader.get(KETAMINE).headers["ETag"]
    reader.get(KETAMINE)
    assert reader.get(KETAMINE, headers={"If-None-Match": etag}).status_code == 304
    assert counted()[VIEW] == 3


def test_a_step_inside_the_site_is_no_arrival(reader: Client, counted: Counted) -> None:
    reader.get(KETAMINE, headers={"Referer": "http://testserver/drugs/"})
    assert counted() == {VIEW: 1}


def test_a_referrer_from_elsewhere_is_an_arrival(reader: Client, counted: Counted) -> None:
    reader.get(KETAMINE, headers={"Referer": "https://search.example/?q=secret"})
    reader.get(KETAMINE, headers={"Referer": "http://[broken"})
    assert counted() == {VIEW: 2, ARRIVE: 2}


@pytest.mark.parametrize(
    "extra",
    [
        {"Sec-GPC": "1"},
        {"DNT": "1"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
        {"Sec-Fetch-Dest": "iframe"},
        {"Cookie": "sessionid=anything"},
    ],
)
def test_these_are_not_counted(reader: Client, counted: Counted, extra: dict[str, str]) -> None:
    reader.get(KETAMINE, headers=extra)
    assert counted() == {}


@pytest.mark.parametrize(
    "agent", ["", "Googlebot/2.1 (+http://www.google.com/bot.html)", "curl/8.0", "python-requests/2.32"]
)
def test_a_crawler_is_only_counted_as_one(reader: Client, counted: Counted, agent: str) -> None:
    reader.get(KETAMINE, headers={"User-Agent": agent})
    assert counted() == {("bot", "", ""): 1}


def test_an_old_browser_has_a_facet_of_its_own(db: None, counted: Counted) -> None:
    Client(headers={"User-Agent": BROWSER["User-Agent"]}).get(KETAMINE)
    assert counted() == {(*VIEW[:2], "legacy"): 1, (*ARRIVE[:2], "legacy"): 1}


def test_what_was_not_there_is_not_counted(reader: Client, counted: Counted) -> None:
    reader.get("/drugs/nothing-of-the-kind/")
    reader.head(KETAMINE)
    assert counted() == {}


def test_the_api_counts_programs(db: None, counted: Counted) -> None:
    Client(headers={"User-Agent": "PartnerApp/1.0"}).get("/api/v1/substances")
    assert counted() == {("api.serve", "substance", ""): 1}


@pytest.mark.parametrize(
    ("words", "cell"),
    [
        ("ket", ("search.concept", "substance:ketamine", "")),
        ("ketamne", ("search.near", "substance:ketamine", "")),
        ("xqzwv", ("search.zero", "", "")),
        ("my mate took an overdose", ("search.urgent", "emergency", "")),
    ],
)
def test_a_search_counts_as_its_concept(
    reader: Client, counted: Counted, words: str, cell: tuple[str, str, str]
) -> None:
    reader.post("/search/", {"q": words})
    assert counted()[cell] == 1


def test_a_download_counts_once_for_each_key_stage(reader: Client, counted: Counted) -> None:
    reader.get("/resources/vapes-what-is-in-them/download/")
    assert counted() == {("pack.download", "pack:vapes-what-is-in-them", "ks3"): 1}


def test_a_click_to_a_helpline_counts(reader: Client, counted: Counted) -> None:
    assert reader.get("/go/childline/").status_code == 303
    assert counted() == {("help.exit", "childline", "children"): 1}


@pytest.mark.parametrize(
    ("ask", "cell"),
    [
        (
            lambda reader, **sent: reader.post("/search/", {"q": "ket"}, **sent),
            ("search.concept", "substance:ketamine", ""),
        ),
        (lambda reader, **sent: reader.get("/go/childline/", **sent), ("help.exit", "childline", "children")),
        (
            lambda reader, **sent: reader.get("/resources/ketamine-and-choices/download/", **sent),
            ("pack.download", "pack:ketamine-and-choices", "ks4"),
        ),
    ],
    ids=["search", "go", "download"],
)
def test_somebody_with_a_session_is_not_counted_where_no_page_is_kept(
    reader: Client, counted: Counted, ask: Callable[..., Any], cell: tuple[str, str, str]
) -> None:
    # On pages the cache keeps staff out of the counts; these answers never go through it.
    session = {"Cookie": f"{conf.SESSION_COOKIE_NAME}=anything"}
    assert ask(reader, headers=session).status_code in {200, 303}
    assert counted() == {}
    ask(reader)
    assert counted()[cell] == 1


def test_no_user_agent_is_remembered(reader: Client) -> None:
    from prevention.engagement import human_filter

    for n in range(3):
        reader.get(KETAMINE, headers={"User-Agent": f"Mozilla/5.0 number {n}"})
    assert human_filter._detector()._cached_check.cache_info().currsize == 0
