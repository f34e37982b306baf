"""Where the public pages stand: kept until content changes, never a withdrawn or private page."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client, override_settings
from wagtail.models import Page, PageViewRestriction, Site

from prevention.core.change_log import everything_changed
from prevention.core.links import dead_links, with_live_links
from prevention.core.page_index import page_index
from prevention.delivery.content_version import SITE, one_version, per_version, stored_version
from prevention.home.models import HomePage
from tests.factories import StandardPageFactory, SubstancePageFactory

pytestmark = pytest.mark.django_db
Queries = Callable[[Callable[[], Any]], int]


# What is kept until content changes


def counting(built: list[int]) -> Callable[[], int]:
    """A function that says how often it has run."""

    def build() -> int:
        built.append(1)
        return len(built)

    return build


def test_it_is_built_once_for_each_version() -> None:
    built: list[int] = []
    kept = per_version(SITE)(counting(built))
    assert [kept(), kept()] == [1, 1]
    everything_changed("a test")
    assert [kept(), kept()] == [2, 2]
    kept.forget()
    assert kept() == 3


def test_the_stamp_is_read_once_in_a_request(queries: Queries) -> None:
    kept = per_version(SITE)(lambda: 1)

    def asked_three_times() -> None:
        with one_version():
            kept()
            kept()
            page_index()

    asked_three_times()
    assert queries(asked_three_times) == 1


def test_threads_that_come_at_once_build_it_once() -> None:
    built: list[int] = []
    together = threading.Barrier(4)
    kept = per_version(SITE)(counting(built))
    version = stored_version()
    results: list[int] = []

    def ask() -> None:
        together.wait()
        results.append(kept())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("prevention.delivery.content_version.content_version", lambda: version)
        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert results == [1, 1, 1, 1]


# The pages


def test_a_private_page_and_what_is_below_it_is_not_there(reader: Client) -> None:
    page = StandardPageFactory(title="Secret", slug="secret")
    assert reader.get("/secret/").status_code == 200
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    assert "/secret/" not in page_index().by_url
    assert reader.get("/secret/").status_code == 302


def test_a_page_is_found_where_it_was_moved_to(reader: Client) -> None:
    page = StandardPageFactory(title="Moving", slug="moving")
    page.slug = "moved"
    page.explain(small=True)
    page.save_revision().publish()
    assert reader.get("/moved/").status_code == 200
    assert reader.get("/moving/").headers["Location"] == "/moved/"
    page.unpublish()
    caches["pages"].clear()
    assert reader.get("/moved/").status_code == 410


def test_another_root_makes_other_addresses() -> None:
    home = HomePage.objects.get()
    below = StandardPageFactory(title="Below", slug="below")
    assert "/below/" in page_index().by_url
    site = Site.objects.get(is_default_site=True)
    site.root_page = Page.objects.get(pk=below.pk)
    site.save()
    assert set(page_index().by_url) == {"/"}
    site.root_page = home
    site.save()
    assert "/below/" in page_index().by_url


@override_settings(ALLOWED_HOSTS=["testserver", "other.testserver"])
def test_a_second_site_has_its_own_pages(reader: Client) -> None:
    other = StandardPageFactory(title="Another service", slug="another")
    Site.objects.create(hostname="other.testserver", root_page=other, site_name="Another")
    answer = reader.get("/", headers={"host": "other.testserver"})
    assert "Another service" in answer.content.decode()
    assert reader.get("/emergency/", headers={"host": "other.testserver"}).status_code == 404


# Links


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("<p>No link.</p>", "<p>No link.</p>"),
        ('<a href="https://x.org/a>b">word</a>', '<a href="https://x.org/a>b">word</a>'),
        ('<a href="/emergency">word</a>', '<a href="/emergency">word</a>'),
        ('<a href="/no-such/"><b>word</b></a>', "<b>word</b>"),
        ('<a href="">word</a>', "word"),
        ('<a linktype="page" id="999999">word</a>', "word"),
        ('<a linktype="page" id="x">word</a>', "word"),
        ('<a href="/static/images/logo.svg">word</a>', '<a href="/static/images/logo.svg">word</a>'),
    ],
)
def test_a_link_is_shown_while_it_leads_somewhere(stored: str, shown: str) -> None:
    assert with_live_links(stored) == shown
    assert list(dead_links(stored)) == ([] if "href" in shown or "<a" not in stored else ["word"])


# Kept under the name that a reader came by


def test_a_page_by_one_of_its_names_is_kept_and_by_other_queries_not(
    reader: Client, queries: Queries
) -> None:
    SubstancePageFactory(title="Examplium", names=["zz name"])
    for query, most in (("?name=zz+name", 1), ("?name=nothing", 12), ("?name=zz+name&more=1", 12)):
        reader.get(f"/drugs/examplium/{query}")
        cost = queries(partial(reader.get, f"/drugs/examplium/{query}"))
        assert (cost == 1) is (most == 1), query
    assert "You looked for" in reader.get("/drugs/examplium/?name=zz+name").content.decode()
    assert "You looked for" not in reader.get("/drugs/examplium/").content.decode()


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("gzip;q=1.0, br;q=0", "gzip"),
        ("br;q=0.0, identity", None),
        ("BR", "br"),
        ("*", None),
        ("", None),
        ("vibrant", None),
    ],
)
def test_only_a_coding_that_is_taken_is_sent(reader: Client, header: str, coding: str | None) -> None:
    answer = reader.get("/drugs/ketamine/", headers={"Accept-Encoding": header})
    assert answer.headers.get("Content-Encoding") == coding
