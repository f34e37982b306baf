"""Throttles and logs that know nobody."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as conf
from django.core.cache import cache
from django.test import Client, RequestFactory
from pytest_django import Settings

from prevention.delivery.access_log import PrivacyFilter, PrivateFormatter
from prevention.delivery.throttling import BUCKETS, address_bucket

CANARY = "zzcanary07700900123"
NOON = datetime.datetime(2026, 11, 24, 12, 0, 17, 500_000, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)
StopClock = Callable[[datetime.datetime], None]


def test_an_address_is_folded_into_a_bucket_that_many_share(rf: RequestFactory) -> None:
    buckets = {address_bucket(rf.get("/", REMOTE_ADDR=f"10.{n // 256}.{n % 256}.9")) for n in range(20_000)}
    assert len(buckets) <= BUCKETS
    assert all("10." not in bucket for bucket in buckets)


def test_a_forwarded_address_is_not_believed(rf: RequestFactory) -> None:
    plain = address_bucket(rf.get("/", REMOTE_ADDR="192.0.2.1"))
    assert plain == address_bucket(rf.get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR="198.51.100.7"))


def buckets(rf: RequestFactory) -> list[str]:
    """The buckets of 200 addresses at this moment."""
    return [address_bucket(rf.get("/", REMOTE_ADDR=f"192.0.2.{n}")) for n in range(200)]


@pytest.mark.parametrize(
    "later",
    [HOUR, datetime.timedelta(days=1), datetime.timedelta(days=30), datetime.timedelta(days=365)],
    ids=["the next hour", "the next day", "the same day of the next month", "the next year"],
)
def test_nobody_is_followed_from_one_hour_to_another(
    rf: RequestFactory, stop_clock: StopClock, later: datetime.timedelta
) -> None:
    stop_clock(NOON)
    before = buckets(rf)
    stop_clock(NOON + later)
    # One in 4,096 stays where it is by chance; without the hour in the key all 200 would.
    assert sum(old == new for old, new in zip(before, buckets(rf), strict=True)) <= 3


def test_within_an_hour_an_address_stays_in_its_bucket(rf: RequestFactory, stop_clock: StopClock) -> None:
    stop_clock(NOON.replace(minute=0, second=0, microsecond=0))
    before = buckets(rf)
    stop_clock(NOON.replace(minute=59, second=59, microsecond=999_999))
    assert buckets(rf) == before


@pytest.mark.parametrize(
    ("scope", "address"),
    [
        ("search", "/search/?q=ket"),
        ("search", "/api/v1/search?q=ket"),
        ("suggest", "/api/v1/suggest?q=ket"),
        ("api", "/api/v1/substances?limit=1"),
        ("download", "/resources/ketamine-and-choices/download/"),
        ("go", "/go/childline/"),
    ],
)
def test_one_caller_is_slowed_down_and_told_when(
    reader: Client, settings: Settings, stop_clock: StopClock, scope: str, address: str
) -> None:
    settings.THROTTLE_RATES = {**conf.THROTTLE_RATES, scope: 2}
    stop_clock(NOON)
    statuses = [reader.get(address).status_code for _ in range(3)]
    assert statuses[2] == 429
    assert 429 not in statuses[:2]
    refused = reader.get(address)
    assert refused.headers["Retry-After"] == "43"  # at 17.5 seconds, 42.5 are left of the minute
    assert not refused.cookies
    assert all("127.0.0.1" not in key for key in cache._cache)  # type: ignore[attr-defined]


def test_a_new_minute_is_a_new_count(reader: Client, settings: Settings, stop_clock: StopClock) -> None:
    settings.THROTTLE_RATES = {**conf.THROTTLE_RATES, "go": 2}
    stop_clock(NOON)
    assert [reader.get("/go/childline/").status_code for _ in range(3)] == [303, 303, 429]
    stop_clock(NOON.replace(second=59))
    assert reader.get("/go/childline/").status_code == 429
    stop_clock(NOON.replace(minute=1, second=0))
    assert reader.get("/go/childline/").status_code == 303


def test_the_log_has_the_route_and_not_the_reader(reader: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    private = PrivacyFilter()
    reader.post("/search/", {"q": CANARY}, headers={"User-Agent": f"Mozilla/5.0 {CANARY}"})
    reader.get(f"/drugs/{CANARY}/", {"q": CANARY}, headers={"Referer": f"https://{CANARY}.example/"})
    reader.get(f"/go/{CANARY}/")
    reader.get("/", headers={"Host": f"{CANARY}.example"})
    lines = [record.getMessage() for record in caplog.records if private.filter(record)]
    assert any(line.startswith("POST search 200") for line in lines)
    assert not [line for line in lines if CANARY in line or "127.0.0.1" in line]


def test_a_failure_keeps_its_traceback_and_loses_the_path(
    caplog: pytest.LogCaptureFixture, rf: RequestFactory
) -> None:
    request = rf.get(f"/drugs/{CANARY}/")
    extra: dict[str, Any] = {"request": request, "status_code": 500}
    try:
        raise ValueError(f"{CANARY} is not a number")
    except ValueError:
        logging.getLogger("django.request").exception("Internal Server Error: %s", request.path, extra=extra)
    (record,) = caplog.records
    PrivacyFilter().filter(record)
    assert CANARY not in record.getMessage()
    line = PrivateFormatter("{message}", style="{").format(record)
    assert CANARY not in line
    assert "test_privacy.py" in line
    assert "builtins.ValueError" in line


def test_the_console_has_the_filter() -> None:
    assert conf.LOGGING["handlers"]["console"]["filters"] == ["private"]
    assert conf.LOGGING["root"]["handlers"] == ["console"]
