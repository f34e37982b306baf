"""The law by date: today's status is shown, a later one appears on its day, penalties are stored once."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from prevention.substances.models import LegalStatus, PenaltyProfile, SubstancePage
from tests.factories import LegalStatusFactory, SubstancePageFactory

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 24)
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    go_to(TODAY, monkeypatch)


def go_to(day: datetime.date, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make it `day` in London."""
    monkeypatch.setattr(timezone, "localdate", lambda *args, **kwargs: day)


@pytest.fixture
def page() -> SubstancePage:
    """A substance without a legal status."""
    made: SubstancePage = SubstancePageFactory(title="Examplium")
    return made


@pytest.mark.parametrize(
    ("start", "end", "holds"),
    [
        (TODAY - DAY, None, True),
        (TODAY, None, True),
        (TODAY + DAY, None, False),
        (TODAY - 2 * DAY, TODAY - DAY, False),
        (TODAY - DAY, TODAY, False),
        (TODAY - DAY, TODAY + DAY, True),
        (None, None, True),
        (None, TODAY + DAY, True),
        (None, TODAY, False),
    ],
)
def test_a_row_holds_from_its_start_until_the_day_before_its_end(
    page: SubstancePage, start: datetime.date | None, end: datetime.date | None, holds: bool
) -> None:
    row = LegalStatusFactory.create(page=page, effective_from=start, effective_to=end)
    assert row.in_force() is holds
    assert [found.pk for found in page.law_today()] == ([row.pk] if holds else [])


def test_a_day_can_be_asked_for(page: SubstancePage) -> None:
    row = LegalStatusFactory.create(page=page, effective_from=TODAY + DAY)
    assert not row.in_force(TODAY)
    assert row.in_force(TODAY + DAY)


def test_one_law_follows_another_without_a_gap_or_an_overlap(
    page: SubstancePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = datetime.date(2027, 1, 1)
    LegalStatusFactory(page=page, drug_class="C", effective_to=change)
    LegalStatusFactory(page=page, drug_class="B", effective_from=change)
    for day, drug_class in ((change - DAY, "C"), (change, "B"), (change + DAY, "B")):
        go_to(day, monkeypatch)
        assert [row.drug_class for row in page.law_today()] == [drug_class]


def test_the_newest_row_stands_first_and_one_without_a_start_last(page: SubstancePage) -> None:
    for start in (datetime.date(2010, 1, 1), None, datetime.date(2020, 1, 1)):
        LegalStatusFactory(page=page, effective_from=start)
    starts = [row.effective_from for row in page.legal_rows()]
    assert starts == [datetime.date(2020, 1, 1), datetime.date(2010, 1, 1), None]


def test_a_coming_law_appears_on_its_day_by_itself(
    page: SubstancePage, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    LegalStatusFactory(page=page, plain_words="The old words.", effective_to=TODAY + DAY)
    LegalStatusFactory(page=page, plain_words="The new words.", effective_from=TODAY + DAY)
    for _ in range(2):  # the second answer is the kept one
        html = reader.get("/drugs/examplium/").content.decode()
        assert "The old words." in html
        assert "The new words." not in html
    go_to(TODAY + DAY, monkeypatch)
    html = reader.get("/drugs/examplium/").content.decode()
    assert "The new words." in html
    assert "The old words." not in html


def test_the_api_says_what_is_in_force_on_the_day(
    page: SubstancePage, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    LegalStatusFactory(page=page, effective_from=TODAY + DAY)
    LegalStatusFactory(page=page, effective_from=None, effective_to=TODAY + DAY)
    address = "/api/v1/substances/examplium"
    assert [row["in_force"] for row in reader.get(address).json()["legal_status"]] == [False, True]
    go_to(TODAY + DAY, monkeypatch)
    assert [row["in_force"] for row in reader.get(address).json()["legal_status"]] == [True, False]
    assert reader.get(address).json()["legal_status"][1]["effective_from"] is None


def test_penalties_come_from_the_class(page: SubstancePage) -> None:
    LegalStatusFactory(page=page, drug_class="B")
    profile = PenaltyProfile.objects.get(regime="mda", drug_class="B")
    (row,) = page.law_today()
    assert row.penalties == profile


def test_a_law_without_a_profile_has_no_penalties(page: SubstancePage) -> None:
    PenaltyProfile.objects.filter(regime="medicines").delete()
    LegalStatusFactory(page=page, regime="medicines", drug_class="")
    (row,) = page.law_today()
    assert row.penalties is None


def test_a_row_that_nobody_has_verified_is_for_editors_only(page: SubstancePage, reader: Client) -> None:
    LegalStatusFactory(page=page, plain_words="Not verified words.", verified_on=None)
    assert page.law_today() == page.legal_rows() == []
    for address in ("/drugs/examplium/", "/api/v1/substances/examplium", "/changes/"):
        assert "Not verified words." not in reader.get(address).content.decode()


def test_one_edit_of_a_class_mends_every_page_at_once(reader: Client) -> None:
    assert "up to 40 years" not in reader.get("/drugs/ketamine/").content.decode()
    profile = PenaltyProfile.objects.get(regime="mda", drug_class="B")
    profile.supply_max = "up to 40 years"
    profile.save()
    assert "up to 40 years" in reader.get("/drugs/ketamine/").content.decode()
    assert "up to 40 years" in reader.get("/drugs/cannabis/").content.decode()
    assert "up to 40 years" not in reader.get("/drugs/mdma/").content.decode()


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"effective_to": datetime.date(2019, 1, 1)}, "effective_to", "after the start"),
        ({"effective_to": datetime.date(2020, 1, 1)}, "effective_to", "after the start"),
        ({"drug_class": ""}, "drug_class", "Choose the class"),
        ({"regime": "psa"}, "drug_class", "Leave it empty"),
        ({"checked_against": ""}, "checked_against", "which text was read"),
    ],
)
def test_a_row_that_can_not_be_is_refused(changes: dict[str, object], field: str, words: str) -> None:
    row = LegalStatusFactory.build(**changes)
    with pytest.raises(ValidationError) as caught:
        row.clean()
    assert words in caught.value.message_dict[field][0]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"regime": "psa", "drug_class": ""},
        {"effective_from": None, "effective_to": datetime.date(2019, 1, 1)},
    ],
)
def test_a_row_that_can_be_is_accepted(changes: dict[str, object]) -> None:
    LegalStatusFactory.build(**changes).clean()


def test_a_row_calls_itself_by_its_class_or_its_law() -> None:
    assert str(LegalStatusFactory.build()) == "Class B from 2020-01-01"
    row: LegalStatus = LegalStatusFactory.build(regime="psa", drug_class="", effective_from=None)
    assert str(row) == "Psychoactive Substances Act 2016 from an unverified day"
    assert row.regime_label == "Psychoactive Substances Act 2016"
    assert row.territory_label == "United Kingdom"
    assert str(PenaltyProfile(regime="mda", drug_class="A")) == "Misuse of Drugs Act 1971 Class A"
