"""Fixtures for every test: a site with the starter content, empty caches, a browser, the counts."""

from __future__ import annotations

import datetime
import gc
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.template import Context, Template
from django.test import Client
from django.test.signals import template_rendered
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.safestring import SafeString
from hypothesis import HealthCheck, settings
from pytest_django.plugin import DjangoDbBlocker

from prevention import clock
from prevention.delivery import compression
from tests.proof.table import table

# Playwright runs an event loop in the main thread, which Django would take for an async view.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# What a present-day browser sends with a page that a person opened.
BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
}


# How long an example takes is no property of the code: a busy machine must not fail. In CI, hypothesis has a
# profile of its own, which this one begins with.
settings.register_profile(
    "any machine", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")

# Tests make many objects that live as long as a test: it pays to look for garbage seldom.
gc.set_threshold(200_000, 50, 100)


def pytest_collection_finish() -> None:
    """Leave out of every later search for garbage what was imported and collected: it stays to the end."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print each reason for skipped tests once, with how to run them, and the table of tests/proof."""
    skipped = terminalreporter.stats.get("skipped", [])
    for reason in sorted({str(report.longrepr[2]).removeprefix("Skipped: ") for report in skipped}):
        terminalreporter.write_line(reason)
    ran = [*terminalreporter.stats.get("passed", []), *terminalreporter.stats.get("failed", [])]
    for line in table(report for report in ran if report.when == "call"):
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[None]:
    """Give every test the site that `make run` sets up. What a test changes is rolled back after it."""
    from tests import kept
    from tests.databases import copied

    with django_db_blocker.unblock(), copied(tmp_path_factory.mktemp("database"), f"test_{worker_id}"):
        kept.begin()
        django_db_blocker.block()
        yield
        django_db_blocker.unblock()


@pytest.fixture
def own_database(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path, worker_id: str
) -> Iterator[None]:
    """Give this test its own copy of the site, in which transactions are really committed."""
    from tests.databases import copied

    with django_db_blocker.unblock(), copied(tmp_path, f"own_{worker_id}"):
        yield


@pytest.fixture(autouse=True)
def _numbered_at_once(request: pytest.FixtureRequest) -> None:
    """Number changes as they are written on PostgreSQL too: the transaction of a test is never committed."""
    in_transaction = "db" in request.fixturenames or request.node.get_closest_marker("django_db")
    if in_transaction and "own_database" not in request.fixturenames:
        request.getfixturevalue("db")
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS core_number_change IMMEDIATE")


@pytest.fixture(scope="session", autouse=True)
def _told_once(django_test_environment: None, monkeypatch_session: pytest.MonkeyPatch) -> None:
    """Tell the test client of the outermost template alone.

    It copies the context of every template that it is told of, and a form of the admin has thousands of them.
    """
    inside = threading.local()

    def render(template: Template, context: Context) -> SafeString:
        if getattr(inside, "one", False):
            return template.nodelist.render(context)
        template_rendered.send(sender=template, template=template, context=context)
        inside.one = True
        try:
            return template.nodelist.render(context)
        finally:
            inside.one = False

    monkeypatch_session.setattr(Template, "_render", render)


@pytest.fixture(scope="session")
def monkeypatch_session() -> Iterator[pytest.MonkeyPatch]:
    """Changes that last to the end."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="session", autouse=True)
def _packed_quickly() -> None:
    """Compress kept answers at brotli's fastest level; the browser tests measure the size."""
    compression.SMALL_BROTLI = 0


@pytest.fixture(autouse=True)
def _fresh_process() -> Iterator[None]:
    """Start every test with empty caches and no counts in memory.

    Values that were built from the content with which every test begins are kept, because building them for
    each test would cost more than everything else. As in production they are kept per content version.
    """
    from prevention.engagement import counts
    from tests import kept

    def forget() -> None:
        for name in ("default", "pages", "packs"):
            caches[name].clear()
        counts.forget()

    forget()
    yield
    forget()
    kept.go_back()


@pytest.fixture
def stop_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime.datetime], None]:
    """Return a function that stops prevention.clock at a moment until the next call or the end of the test.

    Use it in tests that count within a minute or a day, which must not end while the test runs.
    """

    def stop(moment: datetime.datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)
        monkeypatch.setattr(clock, "local_now", lambda: timezone.localtime(moment))
        monkeypatch.setattr(clock, "today", lambda: timezone.localdate(moment))
        monkeypatch.setattr(clock, "monotonic", moment.timestamp)

    return stop


class Browser(Client):
    """A client that reads a streamed file to its end, as browsers do, so that the server closes it."""

    def request(self, **request: Any) -> Any:
        response: Any = super().request(**request)
        if response.streaming:
            body = b"".join(response.streaming_content)
            response.streaming_content = [body]
        return response


@pytest.fixture
def reader(db: None) -> Client:
    """A browser that a person uses, without any cookie."""
    return Browser(headers=BROWSER)


@pytest.fixture
def counted(db: None) -> Callable[[], dict[tuple[str, str, str], int]]:
    """Flush, and return what has been counted: {(measure, content, facet): n}."""
    from prevention.engagement import counts
    from prevention.engagement.models import Count

    def read() -> dict[tuple[str, str, str], int]:
        counts.flush()
        return {(row.measure, row.content, row.facet): row.n for row in Count.objects.all()}

    return read


@pytest.fixture
def queries(db: None) -> Callable[[Callable[[], Any]], int]:
    """Return how many queries a call makes."""

    def count(call: Callable[[], Any]) -> int:
        with CaptureQueriesContext(connection) as captured:
            call()
        return len(captured)

    return count
