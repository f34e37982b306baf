"""Every public address: it answers, sets nothing, says the right headers, costs few queries."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import brotli
import pytest
from django.core.cache import caches
from django.test import Client

MOST_QUERIES = 12  # of a cold answer; a warm one makes one
PAGES = (
    "/",
    "/drugs/",
    "/drugs/ketamine/",
    "/drugs/benzodiazepines/",
    "/drugs/types-of-drugs/",
    "/drugs/mixing/",
    "/topics/",
    "/changes/",
    "/resources/",
    "/resources/ketamine-and-choices/",
    "/help/",
    "/emergency/",
    "/indicators/",
    "/api/v1/docs/",
)
ENDPOINTS = (
    "/api/v1/substances",
    "/api/v1/substances/ketamine",
    "/api/v1/interactions",
    "/api/v1/resources",
    "/api/v1/resources/ketamine-and-choices",
    "/api/v1/topics",
    "/api/v1/topics/emergency",
    "/api/v1/helplines",
    "/api/v1/indicators",
    "/api/v1/openapi.json",
)
EVERYTHING = (*PAGES, *ENDPOINTS)
# Answered anew each time: their queries stand in the address.
WITH_QUERIES = (
    "/drugs/ketamine/?name=ket",
    "/drugs/mixing/?drug=alcohol&drug=ketamine&drug=cocaine",
    "/api/v1/interactions?substance=alcohol&substance=ketamine",
)
Queries = Callable[[Callable[[], Any]], int]


@pytest.mark.parametrize("address", [*EVERYTHING, *WITH_QUERIES])
def test_a_cold_answer_costs_few_queries(reader: Client, queries: Queries, address: str) -> None:
    reader.get(address)  # what the first request of a process sets up is not this page's cost
    for name in ("pages", "packs"):
        caches[name].clear()
    cost = queries(lambda: reader.get(address))
    print(f"\n| {address} | {cost} |")  # noqa: T201 - shown by pytest -s
    assert cost <= MOST_QUERIES


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
@pytest.mark.parametrize(
    ("taken", "coding"), [("gzip", "gzip"), ("gzip, deflate, br, zstd", "br"), ("identity", None)]
)
def test_the_packed_answer_is_the_same_text(
    reader: Client, address: str, taken: str, coding: str | None
) -> None:
    unpack = {"gzip": gzip.decompress, "br": brotli.decompress, None: bytes}
    plain = reader.get(address)
    packed = reader.get(address, headers={"Accept-Encoding": taken})
    if len(plain.content) >= 1000:
        assert packed.headers.get("Content-Encoding") == coding
    assert unpack[packed.headers.get("Content-Encoding")](packed.content) == plain.content


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
