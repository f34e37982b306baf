"""Warnings: from one day to another, on the right pages, and gone by themselves."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from prevention.alerts.models import Alert
from prevention.substances.models import SubstancePage
from prevention.users.models import User
from tests.factories import AlertFactory

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 24)
DAY = datetime.timedelta(days=1)
TITLE = "Strong pills about"


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    go_to(TODAY, monkeypatch)


def go_to(day: datetime.date, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make it `day` in London."""
    monkeypatch.setattr(timezone, "localdate", lambda *args, **kwargs: day)


def alert(**changes: Any) -> Alert:
    return AlertFactory.create(**{"effective_from": TODAY, "expires_on": TODAY + 28 * DAY, **changes})


def point(row: Alert, slug: str) -> None:
    """Let an alert be about the substance with this slug only."""
    row.substances.set([SubstancePage.objects.get(slug=slug)])
    row.save()


def shows(reader: Client, address: str) -> bool:
    return TITLE in reader.get(address).content.decode()


@pytest.mark.parametrize(
    ("start", "end", "active"),
    [
        (TODAY, TODAY + DAY, True),
        (TODAY - DAY, TODAY, False),
        (TODAY - 9 * DAY, TODAY - DAY, False),
        (TODAY + DAY, TODAY + 2 * DAY, False),
        (TODAY - DAY, TODAY + DAY, True),
    ],
)
def test_an_alert_holds_from_its_start_until_the_day_before_its_end(
    start: datetime.date, end: datetime.date, active: bool
) -> None:
    alert(effective_from=start, expires_on=end)
    assert Alert.objects.active().exists() is active


def test_a_day_can_be_asked_for() -> None:
    alert(effective_from=TODAY + DAY, expires_on=TODAY + 2 * DAY)
    assert not Alert.objects.active().exists()
    assert Alert.objects.active(TODAY + DAY).exists()


def test_without_a_substance_it_stands_on_every_page_that_shows_alerts(reader: Client) -> None:
    alert()
    assert all(
        shows(reader, address) for address in ("/", "/drugs/", "/drugs/ketamine/", "/drugs/mdma/", "/help/")
    )


def test_with_a_substance_it_stands_on_its_page_only(reader: Client) -> None:
    point(alert(), "mdma")
    assert shows(reader, "/drugs/mdma/")
    assert not any(shows(reader, address) for address in ("/", "/drugs/", "/drugs/ketamine/"))


def test_a_new_alert_appears_on_kept_pages_at_once_and_goes_when_withdrawn(reader: Client) -> None:
    assert not shows(reader, "/drugs/ketamine/")
    row = alert()
    assert shows(reader, "/drugs/ketamine/")
    row.delete()
    assert not shows(reader, "/drugs/ketamine/")


def test_an_alert_that_is_pointed_elsewhere_moves_at_once(reader: Client) -> None:
    row = alert()
    point(row, "mdma")
    assert shows(reader, "/drugs/mdma/")
    assert not shows(reader, "/drugs/ketamine/")
    point(row, "ketamine")
    assert not shows(reader, "/drugs/mdma/")
    assert shows(reader, "/drugs/ketamine/")


def test_it_is_gone_on_its_last_day_by_itself(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    alert(expires_on=TODAY + DAY)
    for _ in range(2):  # the second answer is the kept one
        assert shows(reader, "/drugs/ketamine/")
    go_to(TODAY + DAY, monkeypatch)
    assert not shows(reader, "/drugs/ketamine/")


def test_it_begins_on_its_first_day_by_itself(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    alert(effective_from=TODAY + DAY)
    assert not shows(reader, "/")
    go_to(TODAY + DAY, monkeypatch)
    assert shows(reader, "/")


def test_what_an_editor_types_is_shown_as_text(reader: Client) -> None:
    alert(summary="<script>alert(1)</script>")
    html = reader.get("/").content.decode()
    assert "&lt;script&gt;alert(1)" in html
    assert "<script>alert(1)" not in html


def test_it_names_its_source_and_tells_the_source_nothing(reader: Client) -> None:
    alert()
    assert (
        '<a href="https://example.org/alert" rel="noreferrer">A laboratory</a>'
        in reader.get("/").content.decode()
    )


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (TODAY, TODAY, "The end must come after the start."),
        (TODAY, TODAY - DAY, "The end must come after the start."),
        (TODAY, TODAY + 93 * DAY, "within three months"),
        (TODAY, TODAY + 92 * DAY, ""),
        (TODAY, TODAY + DAY, ""),
        (None, TODAY, ""),
        (TODAY, None, ""),
    ],
)
def test_an_alert_has_an_end_within_three_months(
    start: datetime.date | None, end: datetime.date | None, words: str
) -> None:
    row = AlertFactory.build(effective_from=start, expires_on=end)
    if not words:
        row.clean()
        return
    with pytest.raises(ValidationError) as caught:
        row.clean()
    assert words in caught.value.message_dict["expires_on"][0]


def test_one_is_added_in_the_admin_and_shown_once_it_is_published(reader: Client) -> None:
    admin = Client()
    admin.force_login(User.objects.create_superuser("robin", "robin@candour.example", None))
    data = {
        "title": TITLE,
        "summary": "Look for a blue tablet.",
        "level": "danger",
        "source_title": "A laboratory",
        "url": "https://example.org/alert",
        "effective_from": str(TODAY),
        "expires_on": str(TODAY + 200 * DAY),
    }
    address = reverse("wagtailsnippets_alerts_alert:add")
    assert "Choose an end within three months" in admin.post(address, data).content.decode()
    assert admin.post(address, {**data, "expires_on": str(TODAY + 28 * DAY)}).status_code == 302
    assert not shows(reader, "/")
    row = Alert.objects.get()
    assert (str(row), row.live) == (TITLE, False)
    urgent = reverse("wagtailsnippets_alerts_alert:urgent", args=[row.pk])
    admin.post(urgent, {"revision": row.latest_revision_id, "reason": "Two people are in hospital."})
    assert shows(reader, "/")
