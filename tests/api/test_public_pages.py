"""Every public address: it answers, sets nothing, says the right headers, costs few queries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client

# Address, and how many queries a cold answer makes. A warm one makes one.
PAGES = {
    "/": 14,
    "/drugs/": 13,
    "/drugs/ketamine/": 18,
    "/resources/": 15,
    "/resources/ketamine-and-choices/": 18,
    "/help/": 11,
    "/emergency/": 10,
    "/indicators/": 3,
    "/api/v1/docs/": 1,
}
ENDPOINTS = {
    "/api/v1/substances": 6,
    "/api/v1/substances/ketamine": 8,
    "/api/v1/resources": 6,
    "/api/v1/resources/ketamine-and-choices": 11,
    "/api/v1/topics": 4,
    "/api/v1/topics/emergency": 4,
    "/api/v1/helplines": 3,
    "/api/v1/indicators": 2,
    "/api/v1/openapi.json": 1,
}
EVERYTHING = {**PAGES, **ENDPOINTS}
Queries = Callable[[Callable[[], Any]], int]


@pytest.mark.parametrize(("address", "most"), EVERYTHING.items())
def test_a_cold_answer_costs_few_queries(reader: Client, queries: Queries, address: str, most: int) -> None:
    reader.get(address)  # what the first request of a process sets up is not this page's cost
    for name in ("pages", "packs"):
        caches[name].clear()
    assert queries(lambda: reader.get(address)) <= most


@pytest.mark.parametrize("address", EVERYTHING)
def test_a_warm_answer_costs_one_query(reader: Client, queries: Queries, address: str) -> None:
    reader.get(address)
    assert queries(lambda: reader.get(address)) == 1


@pytest.mark.parametrize("address", EVERYTHING)
def test_it_answers_the_same_to_everyone(reader: Client, address: str) -> None:
    response = reader.get(address)
    assert response.status_code == 200
    assert not response.cookies
    assert response.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("address", EVERYTHING)
def test_a_reader_who_has_it_gets_304_and_no_body(reader: Client, address: str) -> None:
    first = reader.get(address)
    again = reader.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["ETag"] == first.headers["ETag"]
    other = reader.get(address, headers={"If-None-Match": 'W/"another"'})
    assert other.status_code == 200


@pytest.mark.parametrize("address", EVERYTHING)
def test_the_gzipped_answer_is_the_same_text(reader: Client, address: str) -> None:
    import gzip

    plain = reader.get(address)
    packed = reader.get(address, headers={"Accept-Encoding": "gzip"})
    assert packed.headers.get("Content-Encoding") == "gzip" or len(plain.content) < 1000
    body = gzip.decompress(packed.content) if "Content-Encoding" in packed.headers else packed.content
    assert body == plain.content


@pytest.mark.parametrize("address", PAGES)
def test_a_page_has_nothing_inline_and_nothing_of_others(reader: Client, address: str) -> None:
    html = reader.get(address).content.decode()
    assert "csrfmiddlewaretoken" not in html
    assert " style=" not in html
    assert "<style" not in html
    assert " onclick=" not in html
    for tag in html.split("<")[1:]:
        if tag.startswith(("script", "link", "img", "iframe", "source")) and 'rel="license' not in tag:
            assert "//" not in tag, tag
