"""Throttles and logs that know nobody."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.conf import settings as conf
from django.core.cache import cache
from django.test import Client, RequestFactory
from pytest_django import Settings

from prevention.core.logging import PrivacyFilter, PrivateFormatter
from prevention.core.throttling import BUCKETS, address_bucket

CANARY = "zzcanary07700900123"


def test_an_address_is_folded_into_a_bucket_that_many_share(rf: RequestFactory) -> None:
    buckets = {address_bucket(rf.get("/", REMOTE_ADDR=f"10.{n // 256}.{n % 256}.9")) for n in range(20_000)}
    assert len(buckets) <= BUCKETS
    assert all("10." not in bucket for bucket in buckets)


def test_a_forwarded_address_is_not_believed(rf: RequestFactory) -> None:
    plain = address_bucket(rf.get("/", REMOTE_ADDR="192.0.2.1"))
    assert plain == address_bucket(rf.get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR="198.51.100.7"))


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
    reader: Client, settings: Settings, scope: str, address: str
) -> None:
    settings.THROTTLE_RATES = {**conf.THROTTLE_RATES, scope: 2}
    statuses = [reader.get(address).status_code for _ in range(3)]
    assert statuses[2] == 429
    assert 429 not in statuses[:2]
    refused = reader.get(address)
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    assert not refused.cookies
    assert all("127.0.0.1" not in key for key in cache._cache)  # type: ignore[attr-defined]


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
