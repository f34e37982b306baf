"""The finder: by key stage, risk group or both; any other value finds nothing and breaks nothing."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from resources.models import KeyStage, LessonPackPage, RiskGroup
from tests.factories import LessonPackPageFactory

pytestmark = pytest.mark.django_db
HOSTILE = [
    "no-such",
    "\x00",
    "ks4\x00",
    "ks4' OR 1=1 --",
    "<script>alert(1)</script>",
    "é",
    "x" * 5000,
    "\ud800",
]


@pytest.fixture
def pack() -> LessonPackPage:
    """A third pack, for key stages 3 and 4 and for one group."""
    made: LessonPackPage = LessonPackPageFactory(title="Third pack")
    made.key_stages.set(KeyStage.objects.filter(slug__in=["ks3", "ks4"]))
    made.risk_groups.set(RiskGroup.objects.filter(slug="looked-after"))
    made.explain(small=True)
    made.save()
    return made


def titles(**wanted: str) -> list[str]:
    """Return the titles of the packs with these tags."""
    return [found.title for found in LessonPackPage.objects.shown().tagged(**wanted)]


def test_without_a_choice_every_pack_is_there_by_title(pack: LessonPackPage) -> None:
    assert titles() == ["Ketamine and choices", "Third pack", "Vapes: what is in them?"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"key_stage": "ks3"}, ["Third pack", "Vapes: what is in them?"]),
        ({"key_stage": "ks4"}, ["Ketamine and choices", "Third pack"]),
        ({"key_stage": "ks1"}, []),
        ({"risk_group": "looked-after"}, ["Third pack"]),
        ({"risk_group": "send"}, ["Ketamine and choices", "Vapes: what is in them?"]),
        ({"key_stage": "ks4", "risk_group": "send"}, ["Ketamine and choices"]),
        ({"key_stage": "ks3", "risk_group": "looked-after"}, ["Third pack"]),
        ({"key_stage": "ks5", "risk_group": "looked-after"}, []),
        ({"key_stage": "ks4", "risk_group": "no-such"}, []),
    ],
)
def test_the_choices_narrow_it_down(pack: LessonPackPage, wanted: dict[str, str], found: list[str]) -> None:
    assert titles(**wanted) == found


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("name", ["key_stage", "risk_group"])
def test_what_is_no_slug_finds_nothing_and_breaks_nothing(reader: Client, name: str, text: str) -> None:
    if "\ud800" not in text:
        assert titles(**{name: text}) == []
    address = f"/resources/?{name}=%ED%A0%80" if "\ud800" in text else "/resources/"
    response = reader.get(address, {} if "?" in address else {name: text})
    html = response.content.decode()
    assert response.status_code == 200
    assert "No pack matches that" in html
    assert "<script>alert" not in html


def test_the_page_shows_what_was_chosen_and_what_fits(reader: Client, pack: LessonPackPage) -> None:
    html = reader.get("/resources/", {"key_stage": "ks3", "risk_group": "looked-after"}).content.decode()
    assert '<option value="ks3" selected>' in html
    assert '<option value="looked-after" selected>' in html
    assert "1 lesson pack<" in html
    assert re.findall(r'class="card__link" href="([^"]+)"', html) == ["/resources/third-pack/"]


def test_a_parameter_that_nobody_knows_is_passed_over(reader: Client) -> None:
    assert reader.get("/resources/?colour=red&key_stage=ks3&key_stage=ks4").status_code == 200


def test_a_pack_that_is_not_public_is_not_found(pack: LessonPackPage, reader: Client) -> None:
    pack.unpublish()
    assert "Third pack" not in titles()
    assert "Third pack" not in reader.get("/resources/").content.decode()


def test_the_api_has_the_same_filters(reader: Client, pack: LessonPackPage) -> None:
    answer = reader.get("/api/v1/resources", {"key_stage": "ks3", "risk_group": "looked-after"}).json()
    assert [row["slug"] for row in answer["results"]] == ["third-pack"]
    refused = reader.get("/api/v1/resources", {"key_stage": "ks9"})
    assert refused.status_code == 400
    assert "Known ones: ks1, ks2" in refused.json()["key_stage"]


def test_the_api_tells_a_pack_whole(reader: Client) -> None:
    answer = reader.get("/api/v1/resources/ketamine-and-choices").json()
    assert answer["key_stages"] == ["ks4"]
    assert answer["typical_age_range"] == "14-16"
    assert answer["time_required"] == "PT50M"
    assert answer["about"] == ["ketamine"]
    assert len(answer["files"]) == 2
    assert reader.get(answer["zip_url"]).status_code == 200
    assert all(reader.get(row["url"]).status_code == 200 for row in answer["files"])


PUPILS = [
    "/",
    "/drugs/",
    "/drugs/ketamine/",
    "/drugs/thc-vapes/",
    "/help/",
    "/emergency/",
    "/search/?q=send",
]


@pytest.mark.parametrize("address", PUPILS)
def test_no_page_for_pupils_shows_a_risk_group(reader: Client, address: str) -> None:
    html = reader.get(address).content.decode()
    assert [group.slug for group in RiskGroup.objects.all() if group.name in html] == []


def test_the_vocabularies_call_themselves_by_their_names() -> None:
    assert str(KeyStage.objects.get(slug="ks4")) == "Key stage 4"
    assert str(RiskGroup.objects.get(slug="looked-after")) == "Children in care and care leavers"
