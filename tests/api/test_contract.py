"""What partners rely on: shapes, paging, the OpenAPI document, what is never in it."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from config.api_docs import document
from prevention import clock
from prevention.substances.models import SubstanceName, SubstancePage
from tests.factories import LegalStatusFactory, StandardPageFactory

pytestmark = pytest.mark.django_db
SNAPSHOT = Path(__file__).parent / "snapshots" / "openapi.json"


def test_the_document_is_the_one_that_partners_know() -> None:
    """If this fails and the change is intended, write `document()` to the snapshot, and tell partners.

    Never take away or rename what is in it; add, or make /api/v2/.
    """
    assert json.loads(SNAPSHOT.read_text()) == json.loads(json.dumps(document()))


def test_the_document_is_openapi_3_1_and_names_every_endpoint(reader: Client) -> None:
    body = reader.get("/api/v1/openapi.json").json()
    assert body["openapi"].startswith("3.1")
    assert set(body["paths"]) == {
        "/api/v1/substances",
        "/api/v1/substances/{slug}",
        "/api/v1/interactions",
        "/api/v1/resources",
        "/api/v1/resources/{slug}",
        "/api/v1/topics",
        "/api/v1/topics/{slug}",
        "/api/v1/helplines",
        "/api/v1/indicators",
        "/api/v1/search",
        "/api/v1/suggest",
    }


def test_the_page_about_the_api_names_every_endpoint(reader: Client) -> None:
    html = reader.get("/api/v1/docs/").content.decode()
    for path in document()["paths"]:
        assert path in html


def test_a_substance(reader: Client) -> None:
    body = reader.get("/api/v1/substances/ketamine").json()
    assert body["name"] == "Ketamine"
    assert body["url"] == "http://testserver/drugs/ketamine/"
    assert "ket" in [row["name"] for row in body["names"]]
    assert body["families"][0]["slug"] == "dissociatives"
    assert body["emergency"]["signs"]
    assert body["review"]["is_starter"] is True
    assert body["license"] == "Candour, CC BY 4.0"
    numbers = {row["number"] for row in body["sources"]}
    for section in body["sections"]:
        assert section["text"]
        assert set(section["source_numbers"]) <= numbers
        assert "linktype" not in section["html"]


def test_the_law_has_past_present_and_future(reader: Client) -> None:
    page = SubstancePage.objects.get(slug="ketamine")
    LegalStatusFactory(page=page, drug_class="A", effective_from=clock.today() + datetime.timedelta(days=30))
    rows = reader.get("/api/v1/substances/ketamine").json()["legal_status"]
    assert [row["in_force"] for row in rows].count(True) == 1
    assert rows[0]["in_force"] is False  # the newest first: the one that is to come
    assert {row["drug_class"] for row in rows} == {"A", "B", "C"}


def test_offensive_and_hidden_names_stay_inside(reader: Client) -> None:
    page = SubstancePage.objects.get(slug="ketamine")
    SubstanceName.objects.create(page=page, name="rudeword", kind="street", offensive=True, source="x")
    SubstanceName.objects.create(page=page, name="hidden", kind="street", show_publicly=False, source="x")
    for address in ("/api/v1/substances/ketamine", "/api/v1/substances", "/drugs/", "/drugs/ketamine/"):
        text = reader.get(address).content.decode()
        assert "rudeword" not in text
        assert ">hidden<" not in text


def test_a_resource(reader: Client) -> None:
    body = reader.get("/api/v1/resources/ketamine-and-choices").json()
    assert body["key_stages"] == ["ks4"]
    assert body["time_required"] == "PT50M"
    assert body["about"] == ["ketamine"]
    assert len(body["files"]) == 2
    assert reader.get(body["zip_url"]).headers["Content-Type"] == "application/zip"
    assert reader.get(body["files"][0]["url"]).getvalue()


def test_resources_by_key_stage_and_risk_group(reader: Client) -> None:
    def slugs(**query: str) -> list[str]:
        return [row["slug"] for row in reader.get("/api/v1/resources", query).json()["results"]]

    assert slugs(key_stage="ks3") == ["vapes-what-is-in-them"]
    assert slugs(key_stage="ks4") == ["ketamine-and-choices"]
    wrong = reader.get("/api/v1/resources", {"key_stage": "year-9"})
    assert wrong.status_code == 400
    assert "ks1, ks2, ks3, ks4, ks5" in wrong.json()["key_stage"]


def test_pages_of_a_list(reader: Client) -> None:
    first = reader.get("/api/v1/substances", {"limit": 2}).json()
    assert (first["count"], len(first["results"])) == (SubstancePage.objects.live().count(), 2)
    second = reader.get(first["next"]).json()
    assert not {row["slug"] for row in first["results"]} & {row["slug"] for row in second["results"]}


@pytest.mark.parametrize(
    "query", [{"limit": "0"}, {"limit": "101"}, {"limit": "x"}, {"offset": "-1"}, {"offset": "1e5"}]
)
def test_paging_says_what_it_wants(reader: Client, query: dict[str, str]) -> None:
    answer = reader.get("/api/v1/substances", query)
    assert answer.status_code == 400
    assert "Give a whole number from" in next(iter(answer.json().values()))


def test_an_unknown_parameter_is_named(reader: Client) -> None:
    answer = reader.get("/api/v1/substances", {"serach": "ket"})
    assert answer.status_code == 400
    assert "Known ones: limit, offset" in answer.json()["serach"]


def test_a_topic(reader: Client) -> None:
    StandardPageFactory(title="Linked", body='<p><a linktype="page" id="1">x</a></p>')
    assert "linktype" not in reader.get("/api/v1/topics/linked").json()["body_html"]
    assert reader.get("/api/v1/topics/emergency").json()["sources"]


def test_helplines(reader: Client) -> None:
    rows = reader.get("/api/v1/helplines").json()["results"]
    assert rows[0]["tel"] == "999"
    assert rows[0]["nations"] == ["england", "scotland", "wales", "ni"]


def test_a_closing_slash_is_sent_to_the_address_without(reader: Client) -> None:
    answer = reader.get("/api/v1/search/?q=ket")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/api/v1/search?q=ket")


def test_a_partner_may_keep_an_answer_for_a_minute(reader: Client) -> None:
    assert reader.get("/api/v1/substances").headers["Cache-Control"].startswith("public, max-age=60")
    assert reader.get("/api/v1/substances?limit=1").headers["ETag"]


def test_json_is_all_there_is(reader: Client) -> None:
    answer = reader.get("/api/v1/substances", headers={"Accept": "text/html"})
    assert answer.headers["Content-Type"].startswith("application/json")


def test_drf_has_no_global_settings_but_the_one(settings: Any) -> None:
    assert list(settings.REST_FRAMEWORK) == ["DEFAULT_SCHEMA_CLASS"]


@pytest.mark.parametrize("address", ["/api/v1/search?q=zzcanary", "/api/v1/suggest?q=zzcanary"])
def test_what_was_typed_stays_in_no_cache(reader: Client, address: str) -> None:
    answer = reader.get(address)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


@pytest.mark.parametrize("address", ["/api/v1/foo", "/api/v1/foo/", "/api/v1/", "/api/v1/substances/x/y/"])
def test_an_address_that_is_none_ends_in_404(reader: Client, address: str) -> None:
    assert reader.get(address, follow=True).status_code == 404


def test_a_resource_names_no_substance_that_is_not_for_everyone(reader: Client) -> None:
    from wagtail.models import PageViewRestriction

    page = SubstancePage.objects.get(slug="ketamine")
    PageViewRestriction.objects.create(page=page, restriction_type="login")
    assert reader.get("/api/v1/resources/ketamine-and-choices").json()["about"] == []
    assert "/drugs/ketamine/" not in reader.get("/resources/ketamine-and-choices/").content.decode()
