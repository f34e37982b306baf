"""The sums: only listed measures, one upsert, nothing lost, no person in any column."""

from __future__ import annotations

import datetime
import io
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, Error, InterfaceError, models
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from prevention import clock
from prevention.engagement import counts
from prevention.engagement.measures import MEASURES
from prevention.engagement.models import Count, CountQuerySet
from prevention.help.models import HelplineKind

DAY = datetime.date(2026, 11, 1)


@pytest.mark.django_db
def test_sums_are_added_to_what_is_there() -> None:
    for _ in range(3):
        counts.record("page.view", "substance:ketamine", day=DAY)
    counts.flush()
    counts.record("page.view", "substance:ketamine", day=DAY)
    counts.flush()
    row = Count.objects.get()
    assert (row.period, row.grain, row.measure, row.content, row.facet, row.area, row.n) == (
        (DAY, "d", "page.view", "substance:ketamine", "", "", 4)
    )


@pytest.mark.django_db
@given(st.text(), st.text(), st.text())
@hypothesis_settings(max_examples=200, deadline=None)
def test_what_is_not_in_the_list_is_only_counted_as_dropped(measure: str, content: str, facet: str) -> None:
    counts.forget()
    known = MEASURES.get(measure)
    counts.record(measure, content, facet)
    held = [key[1:] for key in counts._buffer._sums]
    assert held == (
        [(measure, content, facet)] if known and known.accepts(content, facet) else [("dropped", "", "")]
    )


@pytest.mark.parametrize("stage", ["", "ks3", "s1-s3", "p7", "ps2"])
def test_a_download_counts_for_the_stages_of_every_nation(stage: str) -> None:
    assert MEASURES["pack.download"].accepts("pack:choices", stage)


@pytest.mark.parametrize("stage", ["year 9", "stage-three", "KS3", "ks33", "s1-s3-s5", "ks3\n", "ks3 "])
def test_a_facet_that_is_no_code_of_a_stage_is_not_counted(stage: str) -> None:
    assert not MEASURES["pack.download"].accepts("pack:choices", stage)


@pytest.mark.parametrize("kind", HelplineKind.values)
def test_every_kind_of_helpline_is_counted(kind: str) -> None:
    assert MEASURES["help.exit"].accepts("helpline:frank", kind)


@pytest.mark.parametrize(
    "content", ["Sam from Leeds", "substance:", "a@b", "x" * 81, "substance:ketamine\n", ""]
)
def test_a_content_key_is_a_slug(content: str) -> None:
    assert not MEASURES["page.view"].accepts(content, "")


@pytest.mark.django_db
def test_the_counts_wait_when_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    counts.record("page.view", "home:home", day=DAY)

    def away(self: CountQuerySet, sums: Any) -> None:
        raise DatabaseError

    with monkeypatch.context() as patched:
        patched.setattr(CountQuerySet, "add", away)
        counts.flush()
    assert not Count.objects.exists()
    counts.flush()
    assert Count.objects.get().n == 1


def test_nothing_is_lost_between_threads() -> None:
    def count() -> None:
        for _ in range(100):
            counts.record("search.concept", "substance:mdma", day=DAY)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts._buffer._sums.values()) == 400


@pytest.fixture
def views_in_minutes(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, int]]:
    """Return a function: views of one page in each minute -> (counted as views, counted as a surge)."""

    def count(*views: int) -> tuple[int, int]:
        for minute, n in enumerate(views, start=1):
            monkeypatch.setattr(clock, "monotonic", lambda minute=minute: 60.0 * minute)
            for _ in range(n):
                counts.record("page.view", "substance:ghb", day=DAY)
        sums = counts._buffer._sums
        return sums[(DAY, "page.view", "substance:ghb", "")], sums[(DAY, "surge", "", "")]

    return count


# What one script can do is written out in numbers: at most 200 in a minute, or 20 times what is usual.
@pytest.mark.parametrize(
    ("views", "counted"),
    [
        ((200,), (200, 0)),
        ((201,), (200, 1)),
        ((500,), (200, 300)),
        ((5, 500), (5 + 200, 300)),  # 20 times 5 is less than 200
        ((10, 10, 500), (20 + 200, 300)),
        ((15, 15, 15, 300), (45 + 300, 0)),
        ((15, 15, 15, 301), (45 + 300, 1)),
        ((15, 15, 15, 900), (45 + 300, 600)),
        ((0, 500, 500), (200 + 500, 300)),  # the script itself makes the usual larger in the end
    ],
)
def test_one_script_can_not_make_a_drug_look_popular(
    views_in_minutes: Callable[..., tuple[int, int]], views: tuple[int, ...], counted: tuple[int, int]
) -> None:
    assert views_in_minutes(*views) == counted


def test_a_page_that_is_always_busy_is_no_surge(
    views_in_minutes: Callable[..., tuple[int, int]],
) -> None:
    assert views_in_minutes(150, 300, 450) == (900, 0)


def test_no_column_can_hold_a_person() -> None:
    fields = {field.name: field for field in Count._meta.get_fields()}
    assert set(fields) == {"id", "period", "grain", "measure", "content", "facet", "area", "n"}
    for field in fields.values():
        assert not field.is_relation
        assert not isinstance(field, models.DateTimeField | models.TextField | models.GenericIPAddressField)


@pytest.mark.django_db
def test_old_days_become_months_once(stop_clock: Callable[[datetime.datetime], None]) -> None:
    stop_clock(datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC))
    for day in (datetime.date(2026, 1, 5), datetime.date(2026, 1, 9), datetime.date(2026, 2, 1)):
        Count.objects.add({(day, "page.view", "home:home", ""): 10})
    recent = datetime.date(2026, 11, 23)
    Count.objects.add({(recent, "page.view", "home:home", ""): 1})
    for _ in range(2):
        call_command("roll_up_counts", stdout=io.StringIO())
    rows = {(row.period, row.grain): row.n for row in Count.objects.all()}
    assert rows == {
        (datetime.date(2026, 1, 1), "m"): 20,
        (datetime.date(2026, 2, 1), "m"): 10,
        (recent, "d"): 1,
    }


@pytest.mark.django_db
def test_a_broken_write_adds_nothing_of_it() -> None:
    good = (DAY, "page.view", "home:home", "")
    with pytest.raises(Error):
        Count.objects.add({good: 1, (DAY, "page.view", "z", ""): None})  # type: ignore[dict-item]
    assert not Count.objects.exists()


@pytest.mark.django_db
def test_the_thread_goes_on_after_anything(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.COUNTS_FLUSH_SECONDS = 0.01
    turns = 0

    def flush() -> None:
        nonlocal turns
        turns += 1
        if turns == 1:
            raise InterfaceError("connection already closed")
        raise SystemExit  # the only way out of the loop, for the test

    counting = counts.CountBuffer()
    monkeypatch.setattr(counting, "flush", flush)
    with pytest.raises(SystemExit):
        counting._flush_for_ever()
    assert turns == 2
