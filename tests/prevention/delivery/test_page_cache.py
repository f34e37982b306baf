"""Kept pages: the same for everyone, dropped with every change, never for somebody signed in."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import caches
from django.test import Client
from wagtail.models import PageViewRestriction

from prevention import clock
from prevention.core.log_readers import follow_log
from prevention.delivery.content_version import stored_version
from prevention.help.models import Helpline
from prevention.home.models import StandardPage
from search.models import SearchDocument
from tests.factories import AlertFactory, StandardPageFactory

pytestmark = pytest.mark.django_db
Queries = Callable[[Callable[[], Any]], int]
ABOUT = "/about/"


def change(page: StandardPage, text: str) -> None:
    page.body = f"<p>{text}</p>"  # type: ignore[assignment]  # Wagtail ships no types
    page.explain(small=True)
    page.save_revision().publish()


def test_a_published_change_shows_at_once(reader: Client) -> None:
    first = reader.get(ABOUT)
    change(StandardPage.objects.get(slug="about"), "Something new")
    second = reader.get(ABOUT, headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200
    assert "Something new" in second.content.decode()


def test_a_change_of_another_page_keeps_the_etag(reader: Client) -> None:
    first = reader.get(ABOUT)
    change(StandardPage.objects.get(slug="spiking"), "Something new")
    assert reader.get(ABOUT, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_a_draft_changes_nothing(reader: Client) -> None:
    first = reader.get(ABOUT)
    version = stored_version()
    page = StandardPage.objects.get(slug="about")
    page.body = "<p>Not yet</p>"
    page.save_revision()
    assert stored_version() == version
    assert reader.get(ABOUT).content == first.content


def test_a_withdrawn_page_is_gone_at_once(reader: Client) -> None:
    page = StandardPageFactory(title="Gone soon")
    page.explain(small=True)
    page.save_revision().publish()
    assert reader.get("/gone-soon/").status_code == 200
    assert reader.get("/api/v1/topics/gone-soon").status_code == 200
    page.unpublish()
    assert reader.get("/gone-soon/").status_code == 410
    assert reader.get("/api/v1/topics/gone-soon").status_code == 410


def test_a_deleted_page_is_gone_at_once(reader: Client) -> None:
    page = StandardPageFactory(title="Gone soon")
    page.explain(small=True)
    page.save_revision().publish()
    assert reader.get("/gone-soon/").status_code == 200
    page.delete()
    assert reader.get("/gone-soon/").status_code == 410


def test_a_page_made_private_is_not_served_from_memory(reader: Client) -> None:
    assert reader.get(ABOUT).status_code == 200
    page = StandardPage.objects.get(slug="about")
    restriction = PageViewRestriction.objects.create(page=page, restriction_type="login")
    assert reader.get(ABOUT).status_code == 302
    assert reader.get("/api/v1/topics/about").status_code == 410
    restriction.delete()
    assert reader.get(ABOUT).status_code == 200


def test_a_snippet_is_content_too(reader: Client) -> None:
    reader.get("/help/")
    helpline = Helpline.objects.get(code="childline")
    helpline.what_for = "For anyone under 19, about anything at all."
    helpline.save()
    assert "about anything at all" in reader.get("/help/").content.decode()


def test_midnight_makes_a_new_page(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    today = clock.today()
    AlertFactory(title="Only today", expires_on=today + datetime.timedelta(days=1))
    assert "Only today" in reader.get("/").content.decode()
    monkeypatch.setattr(clock, "today", lambda: today + datetime.timedelta(days=1))
    assert "Only today" not in reader.get("/").content.decode()


def test_somebody_signed_in_is_neither_answered_from_memory_nor_kept(
    reader: Client, queries: Queries
) -> None:
    staff = Client()
    staff.force_login(get_user_model().objects.create_superuser("kim", "kim@candour.example", "x"))
    staff.get(ABOUT)
    assert queries(lambda: reader.get(ABOUT)) > 1  # nothing was kept for the reader
    assert queries(lambda: staff.get(ABOUT)) > 1


def test_an_address_with_a_query_is_never_kept(reader: Client) -> None:
    for n in range(3):
        assert reader.get(f"{ABOUT}?n={n}").status_code == 200
    assert not caches["pages"]._cache  # type: ignore[attr-defined]


def test_only_good_answers_are_kept(reader: Client) -> None:
    for address in ("/nothing-here/", "/go/nobody/", "/api/v1/substances/nothing"):
        assert reader.get(address).status_code == 404
    assert not caches["pages"]._cache  # type: ignore[attr-defined]


def test_hosts_do_not_share_pages(reader: Client) -> None:
    ours = reader.get("/api/v1/substances/ketamine")
    other = reader.get("/api/v1/substances/ketamine", headers={"Host": "localhost"})
    assert "http://testserver/" in ours.content.decode()
    assert "http://localhost/" in other.content.decode()


def test_head_is_answered(reader: Client) -> None:
    for _ in range(2):
        response = reader.head(ABOUT)
        assert response.status_code == 200
        assert response.content == b""


def test_a_withdrawn_page_is_gone_before_anybody_has_read_the_log(reader: Client) -> None:
    page = StandardPageFactory(title="Quixotic", body="<p>Marmalade under an umbrella.</p>")
    follow_log()
    assert reader.get("/quixotic/").status_code == 200
    assert "/quixotic/" in reader.post("/search/", {"q": "marmalade umbrella"}).content.decode()
    assert "/quixotic/" in reader.post("/search/suggest/", {"q": "quixotic"}).content.decode()
    page.unpublish()
    assert reader.get("/quixotic/").status_code == 410
    assert SearchDocument.objects.filter(page_id=page.pk).exists()  # the index has not been told
    for text in ("marmalade umbrella", "quixotic"):
        for found in ("/search/", "/search/suggest/"):
            assert "/quixotic/" not in reader.post(found, {"q": text}).content.decode()
        assert "quixotic/" not in reader.get("/api/v1/search", {"q": text}).content.decode()
    follow_log()
    assert not SearchDocument.objects.filter(page_id=page.pk).exists()
