"""Opening hours: what editors type, and what a reader is told at a moment."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from prevention import clock
from prevention.help.hours import Hours
from prevention.help.models import Helpline, helplines_for

EVENINGS = Hours.read(["mon-thu 18:00-02:00", "fri 18:00-24:00", "sat-sun 00:00-24:00", "mon 00:00-06:00"])
OFFICE = Hours.read(["Mon-Fri 09:00-17:00"])


def at(day: int, clock: str) -> datetime.datetime:
    """A moment of the week that begins on Monday 2 November 2026."""
    hours, minutes = (int(part) for part in clock.split(":"))
    return datetime.datetime(2026, 11, 2 + day, hours, minutes, tzinfo=timezone.get_default_timezone())


@pytest.mark.parametrize(
    ("hours", "moment", "is_open"),
    [
        (EVENINGS, at(0, "17:59"), False),
        (EVENINGS, at(0, "18:00"), True),
        (EVENINGS, at(1, "01:59"), True),
        (EVENINGS, at(1, "02:00"), False),
        (EVENINGS, at(4, "23:59"), True),
        (EVENINGS, at(6, "12:00"), True),
        (EVENINGS, at(0, "05:59"), True),
        (EVENINGS, at(0, "06:00"), False),
        (OFFICE, at(4, "16:59"), True),
        (OFFICE, at(4, "17:00"), False),
        (OFFICE, at(5, "12:00"), False),
        (Hours.read(["always"]), at(3, "03:00"), True),
        (Hours.read([]), at(3, "03:00"), None),
    ],
)
def test_open_or_not(hours: Hours, moment: datetime.datetime, is_open: bool | None) -> None:
    assert hours.is_open(moment) is is_open


def test_a_night_from_sunday_goes_on_into_monday() -> None:
    nights = Hours.read(["sun 22:00-04:00"])
    assert nights.is_open(at(6, "23:00"))
    assert nights.is_open(at(0, "03:00"))
    assert not nights.is_open(at(0, "04:00"))


@pytest.mark.parametrize(
    ("hours", "moment", "told"),
    [
        (OFFICE, at(0, "10:00"), "Open now"),
        (OFFICE, at(0, "08:00"), "Closed now. Opens today at 09:00."),
        (OFFICE, at(0, "18:00"), "Closed now. Opens on Tuesday at 09:00."),
        (OFFICE, at(5, "12:00"), "Closed now. Opens on Monday at 09:00."),
        (Hours.read([]), at(0, "10:00"), ""),
    ],
)
def test_what_a_reader_is_told(hours: Hours, moment: datetime.datetime, told: str) -> None:
    assert hours.says(moment) == told


@pytest.mark.parametrize(
    "line", ["mon", "mon 9-17", "mon-xyz 09:00-17:00", "mon 09:00-25:00", "mon 09:61-17:00"]
)
def test_what_can_not_be_read_is_refused_with_an_example(line: str) -> None:
    with pytest.raises(ValueError, match="Write|write"):
        Hours.read([line])


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ([], ""),
        (["always"], "Day and night, every day."),
        (["mon-sun 00:00-24:00"], "Day and night, every day."),
        (["mon-sun 08:00-24:00"], "Every day, 8am to midnight."),
        (
            ["mon-thu 18:00-02:00", "fri 18:00-24:00", "sat-sun 00:00-24:00", "mon 00:00-06:00"],
            "Monday to Thursday, 6pm to 2am. Friday 6pm to Monday 6am.",
        ),
        (
            ["mon-fri 09:00-17:00", "sat 14:30-16:00"],
            "Monday to Friday, 9am to 5pm. Saturday, 2.30pm to 4pm.",
        ),
        (["mon 09:00-12:00", "wed-thu 09:00-12:00"], "Monday, Wednesday and Thursday, 9am to noon."),
        (["sat-sun 00:00-24:00"], "Saturday and Sunday, all day."),
        (["sun 22:00-02:00", "mon 02:00-06:00"], "Sunday, 10pm to 6am."),
    ],
)
def test_hours_are_said_in_words(hours: list[str], words: str) -> None:
    assert Hours.read(hours).in_words() == words


@pytest.mark.django_db
def test_what_is_wrong_is_said() -> None:
    line = Helpline.objects.get(code="breathing-space")
    line.full_clean()
    line.opening = "whenever"
    assert "mon-fri 09:00-17:00" in line.publishing_errors()["opening"]
    line.opening, line.nations = "always", "scotland narnia"
    with pytest.raises(ValidationError, match="england, scotland"):
        line.full_clean()


@pytest.mark.django_db
def test_a_nation_gets_its_own_lines_and_others_those_of_all() -> None:
    codes = ["999", "nhs-111", "breathing-space", "lifeline-ni"]

    def found(nation: str = "") -> set[str]:
        return {line.code for line in helplines_for(codes, nation)}

    assert found("scotland") == {"999", "nhs-111", "breathing-space"}
    assert found("ni") == {"999", "lifeline-ni"}
    assert found() == found("atlantis") == {"999", "nhs-111"}


@pytest.mark.django_db
def test_what_is_closed_comes_last() -> None:
    samaritans = Helpline.objects.get(code="samaritans")
    samaritans.opening = _closed_today()
    samaritans.save()
    lines = helplines_for(["samaritans", "childline"])
    assert [line.code for line in lines] == ["childline", "samaritans"]
    assert lines[1].open_now.startswith("Closed now. Opens on ")
    assert lines[0].open_now == "Open now"


def _closed_today() -> str:
    later = (clock.local_now().weekday() + 3) % 7
    return f"{('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')[later]} 09:00-10:00"
