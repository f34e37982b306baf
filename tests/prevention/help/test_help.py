"""The way out to a helpline's website, and the help page."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client

from prevention.core.publishing import PublishingRefusedError
from prevention.help.models import Helpline, HelplineKind, HelpPage, helplines_for, usual_helplines
from prevention.home.starter_loader.state import hash_of, state_of
from tests.conftest import BROWSER

pytestmark = pytest.mark.django_db


@pytest.fixture
def frank() -> Helpline:
    return Helpline.objects.get(code="frank")


def test_the_reader_is_sent_on_and_takes_nothing_along(reader: Client, frank: Helpline) -> None:
    response = reader.get("/go/frank/")
    assert response.status_code == 303
    assert response["Location"] == frank.url
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies


def test_a_click_is_counted_once_under_what_the_line_is_for(reader: Client, counted: Any) -> None:
    reader.get("/go/frank/")
    assert counted() == {("help.exit", "frank", "drugs"): 1}


@pytest.mark.parametrize(
    "headers",
    [{"User-Agent": "ExampleBot/1.0 (crawler)"}, {"Sec-GPC": "1"}, {"DNT": "1"}, {"Sec-Purpose": "prefetch"}],
)
def test_nobody_but_a_person_is_counted(headers: dict[str, str], counted: Any) -> None:
    response = Client(headers={**BROWSER, **headers}).get("/go/frank/")
    assert response.status_code == 303
    assert not [key for key in counted() if key[0] == "help.exit"]


def test_looking_ahead_is_not_going(reader: Client, counted: Any) -> None:
    assert reader.head("/go/frank/").status_code == 303
    assert counted() == {}


@pytest.mark.parametrize("code", ["nobody", "frank%00", "frank%27", "https:", "%2e%2e", "x" * 500])
def test_an_unknown_code_leads_nowhere(reader: Client, counted: Any, code: str) -> None:
    response = reader.get(f"/go/{code}/")
    assert response.status_code in {400, 404}
    assert "Location" not in response
    assert counted() == {}


def test_a_line_without_a_website_leads_nowhere(reader: Client, frank: Helpline) -> None:
    frank.url = ""
    frank.save()
    assert frank.go_url == ""
    assert reader.get("/go/frank/").status_code == 404


def test_only_reading_is_allowed(reader: Client) -> None:
    assert reader.post("/go/frank/").status_code == 405


def test_too_many_clicks_are_asked_to_wait(
    reader: Client, settings: Any, stop_clock: Callable[[datetime.datetime], None]
) -> None:
    stop_clock(datetime.datetime(2026, 11, 24, 12, 0, 30, tzinfo=datetime.UTC))
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "go": 2}
    assert [reader.get("/go/frank/").status_code for _ in range(3)] == [303, 303, 429]


# Reads


def test_lines_come_in_the_order_asked_for() -> None:
    found = helplines_for(["samaritans", "no-such", "999"])
    assert [line.code for line in found] == ["samaritans", "999"]


def test_the_usual_lines_are_about_drugs_and_for_children() -> None:
    kinds = {line.kind for line in usual_helplines()}
    assert kinds == {HelplineKind.DRUGS, HelplineKind.CHILDREN}


def test_a_line_calls_itself_by_its_name(frank: Helpline) -> None:
    assert str(frank) == frank.name
    assert frank.go_url == "/go/frank/"


def test_what_is_dialled_and_said_follows_from_what_is_typed_once(frank: Helpline) -> None:
    frank.phone, frank.text_number = "0300 999 9999", "821 11"
    frank.opening, frank.cost = "mon-fri 09:00-17:00", "Free."
    html = render_to_string("components/helpline.html", {"helpline": frank})
    assert 'href="tel:03009999999"' in html
    assert "0300 999 9999" in html
    assert 'href="sms:82111"' in html
    assert "Monday to Friday, 9am to 5pm. Free." in html
    frank.opening = ""
    assert frank.hours == "Check the website for today's hours. Free."


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"phone": "0000 000"}, "'0000 000' is no telephone number"),
        ({"phone": "ring us"}, "'ring us' is no telephone number"),
        ({"text_number": "SHOUT"}, "'SHOUT' is no telephone number"),
        ({"phone": "", "text_number": "", "url": ""}, "there is no way to reach it"),
        ({"opening": "whenever"}, "mon-fri 09:00-17:00"),
    ],
)
def test_what_nobody_could_reach_goes_live_by_no_door(
    frank: Helpline, changes: dict[str, str], why: str
) -> None:
    for name, value in changes.items():
        setattr(frank, name, value)
    assert why in " ".join(frank.publishing_errors().values())
    with pytest.raises(PublishingRefusedError, match=why):
        frank.save()


# The page


def test_every_line_stands_under_what_it_is_for(reader: Client) -> None:
    response = reader.get("/help/")
    groups = response.context["helplines_by_kind"]
    headings = [group["heading"] for group in groups]
    assert headings == [kind.label for kind in HelplineKind if Helpline.objects.filter(kind=kind).exists()]
    assert headings[0] == "In an emergency"
    assert sum(len(group["helplines"]) for group in groups) == Helpline.objects.count()


def test_a_call_never_waits_for_us(reader: Client, frank: Helpline) -> None:
    html = reader.get("/help/").content.decode()
    assert f'href="tel:{frank.tel}"' in html
    assert 'href="tel:999"' in html
    assert not re.search(r'href="/go/[^"]*"[^>]*>\s*(?:Call|Ring|Phone)', html)


def test_what_to_do_stands_before_every_number_but_999(reader: Client) -> None:
    html = reader.get("/help/").content.decode()
    steps = HelpPage.objects.get().emergency_step_list
    assert len(steps) >= 4
    first = html.index(steps[1].split("'")[0])
    assert first < html.index('<h2 id="help-1"')


def test_a_number_that_changes_is_changed_on_every_page_at_once(reader: Client, frank: Helpline) -> None:
    old = frank.phone
    for address in ("/help/", "/drugs/ketamine/"):
        assert old in reader.get(address).content.decode()
    # The words of the ketamine page name the number too; the telephone link is the helpline's own.
    frank.phone = "0300 999 9999"
    frank.save()
    for address in ("/help/", "/drugs/ketamine/"):
        assert 'href="tel:03009999999"' in reader.get(address).content.decode()


def test_the_page_can_be_searched() -> None:
    text = HelpPage.objects.get().search_text()
    assert "Call 999" in text
    assert "<" not in text


def test_a_helpline_that_nobody_touched_counts_as_untouched_after_the_migration() -> None:
    migration = import_module("prevention.help.migrations.0007_facts_are_derived")
    line = Helpline.objects.get(code="samaritans")
    assert migration.hash_of(line, migration.NEW) == hash_of(state_of(line))
    former = {name: getattr(line, name) for name in [*migration.OLD, *migration.SOURCE]}
    shipped = json.loads(import_module("prevention.home.migrations.0004_starter_ledger").SHIPPED.read_text())
    assert migration.hash_of(SimpleNamespace(**former), migration.OLD) == shipped["help.Helpline:samaritans"]
    assert migration.cost_of(line.hours) == line.cost
