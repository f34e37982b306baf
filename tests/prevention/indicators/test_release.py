"""A month is released once, after it is over, and only what the rule lets through is kept."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from prevention.engagement.models import Count
from prevention.indicators.models import Release, next_month
from prevention.indicators.services import ReleaseRefusedError, release

pytestmark = pytest.mark.django_db
MONTH = datetime.date(2026, 10, 1)
GoTo = Callable[[datetime.date], None]


@pytest.fixture
def go_to(stop_clock: Callable[[datetime.datetime], None]) -> GoTo:
    """Return a function that makes it noon of a day."""
    return lambda day: stop_clock(datetime.datetime.combine(day, datetime.time(12), tzinfo=datetime.UTC))


@pytest.fixture(autouse=True)
def _late_in_november(go_to: GoTo) -> None:
    """October is over, November is not."""
    go_to(datetime.date(2026, 11, 24))


@pytest.fixture
def october() -> None:
    day = datetime.date(2026, 10, 31)
    Count.objects.add(
        {
            (day, "page.arrive", "substance:ketamine", ""): 123,
            (day, "page.arrive", "substance:ghb", ""): 3,
            (day, "page.arrive", "home:home", ""): 400,
            (day, "help.exit", "childline", "children"): 21,
            (datetime.date(2026, 11, 1), "page.arrive", "substance:ketamine", ""): 999,
            (datetime.date(2026, 9, 30), "page.arrive", "substance:ketamine", ""): 999,
        }
    )


@pytest.mark.usefixtures("october")
def test_a_release_holds_rounded_and_hidden_cells_only() -> None:
    visits, clicks = release(period=MONTH)
    cells = {row["label"]: (row["value"], row["shorthand"]) for row in visits.figures["rows"]}
    assert cells == {"ketamine": (125.0, ""), "ghb": (None, "[c]")}
    # The total is rounded by itself (126 -> 125): the hidden cell can not be read off as a difference.
    assert visits.figures["headline"]["value"] == 125.0
    assert clicks.figures["headline"]["value"] == 3.8  # 20 of 525
    assert "3" not in str(visits.figures["rows"][1])


@pytest.mark.usefixtures("october")
def test_the_page_and_the_api_show_the_release(reader: Client) -> None:
    before = reader.get("/indicators/")
    assert "[x]" in before.content.decode()
    call_command("release_indicators", period="2026-10", stdout=io.StringIO())
    html = reader.get("/indicators/").content.decode()
    assert "October 2026" in html
    assert "[c]" in html
    assert "125" in html
    rows = reader.get("/api/v1/indicators").json()
    assert [row["code"] for row in rows] == ["P1", "P5"]
    assert rows[0]["releases"][0]["headline"]["value"] == 125.0


@pytest.mark.usefixtures("october")
def test_a_month_is_never_released_twice() -> None:
    release(period=MONTH)
    Count.objects.add({(datetime.date(2026, 10, 30), "page.arrive", "substance:ketamine", ""): 50})
    with pytest.raises(ReleaseRefusedError, match="never computed again"):
        release(period=MONTH)
    assert Release.objects.count() == 2


@pytest.mark.parametrize("today", [datetime.date(2026, 10, 24), datetime.date(2026, 11, 1)])
def test_a_month_that_is_not_over_waits(go_to: GoTo, today: datetime.date) -> None:
    go_to(today)
    with pytest.raises(ReleaseRefusedError, match="not over yet. Release it from 2 November on."):
        release(period=MONTH)
    assert not Release.objects.exists()


def test_a_month_is_released_from_the_second_day_on(go_to: GoTo) -> None:
    go_to(datetime.date(2026, 11, 2))
    assert {row.released_on for row in release(period=MONTH)} == {datetime.date(2026, 11, 2)}


def test_only_a_whole_month_is_released() -> None:
    with pytest.raises(ReleaseRefusedError, match="whole month"):
        release(period=datetime.date(2026, 10, 2))


@pytest.mark.parametrize(("visits", "shown"), [(49, (None, "[x]")), (50, (40.0, ""))])
def test_a_ratio_is_given_from_fifty_visits_on(visits: int, shown: tuple[float | None, str]) -> None:
    day = datetime.date(2026, 10, 31)
    Count.objects.add(
        {
            (day, "page.arrive", "home:home", ""): visits,
            (day, "help.exit", "childline", "children"): 21,
        }
    )
    _, clicks = release(period=MONTH)
    headline = clicks.figures["headline"]
    assert (headline["value"], headline["shorthand"]) == shown


@pytest.mark.parametrize("period", ["october", "2026-13", "2026-10-01"])
def test_the_command_says_what_it_wants(period: str) -> None:
    with pytest.raises(CommandError, match="YYYY-MM"):
        call_command("release_indicators", period=period)


@pytest.mark.parametrize(
    ("today", "last", "words"),
    [
        (datetime.date(2026, 11, 24), datetime.date(2026, 10, 1), "October 2026"),
        (datetime.date(2027, 1, 2), datetime.date(2026, 12, 1), "December 2026"),
    ],
)
def test_the_command_takes_last_month_by_itself(
    go_to: GoTo, today: datetime.date, last: datetime.date, words: str
) -> None:
    go_to(today)
    out = io.StringIO()
    call_command("release_indicators", stdout=out)
    assert words in out.getvalue()
    assert set(Release.objects.values_list("period", flat=True)) == {last}
    with pytest.raises(CommandError, match="released already"):
        call_command("release_indicators")


def test_on_the_first_the_command_says_to_wait_a_day(go_to: GoTo) -> None:
    go_to(datetime.date(2026, 12, 1))
    with pytest.raises(CommandError, match="Release it from 2 December on."):
        call_command("release_indicators")
    assert not Release.objects.exists()


def test_a_month_after_december_is_january() -> None:
    assert next_month(datetime.date(2026, 12, 1)) == datetime.date(2027, 1, 1)
