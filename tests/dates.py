"""A pytest plugin that notes which tests read the clock, and runs these tests on difficult dates.

    pytest --note-clock=new    run the tests on the first of DATES, and note each that reads the time
    pytest --note-clock=more   the same, beside those that are noted already
    pytest --on-dates          run those that were noted, and no others, on each of the other DATES

Both together run each of them on each date. Tests are noted because they read the time, not because somebody
marked them, so a test that begins to read it is found by the next run.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone

NOTED = "candour/reads-the-clock"

# London's time. Each is a moment at which something that counted on an ordinary day would fail.
FIRST = "the 1st"
DATES = {
    FIRST: "2027-02-01T10:15:00+00:00",
    "two seconds before the year ends": "2026-12-31T23:59:58+00:00",
    "29 February": "2028-02-29T12:00:00+00:00",
    "the hour that is left out": "2027-03-28T00:59:58+00:00",
    "the hour that comes twice": "2027-10-31T01:30:00+00:00",
    "a bank holiday": "2027-05-03T09:00:00+01:00",
    "a Sunday": "2027-08-15T20:00:00+01:00",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add both options."""
    parser.addoption(
        "--note-clock", choices=("new", "more"), help="On the first date: note which tests read the time."
    )
    parser.addoption("--on-dates", action="store_true", help="Run those that were noted on the others.")


def pytest_configure(config: pytest.Config) -> None:
    """Register the plugin that the options ask for."""
    if config.getoption("--note-clock"):
        config.pluginmanager.register(Noter(config), "note-clock")
    if config.getoption("--on-dates"):
        config.pluginmanager.register(Turner(config), "on-dates")


class ListeningTimezone:
    """Stands in for django.utils.timezone in prevention.clock, and notes each reading of the time."""

    def __init__(self, noter: Noter) -> None:
        self._noter = noter

    def __getattr__(self, name: str) -> Any:
        self._noter.note()
        return getattr(timezone, name)


class Noter:
    """Runs every test on the first date, and notes those that read the time.

    With several workers, each sends its notes to the first process.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.noted: set[str] = set()
        self._running = ""

    def note(self) -> None:
        """Note that the test which is running has read the time."""
        if self._running:
            self.noted.add(self._running)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Note readings of the time by a test and by its fixtures."""
        from prevention import clock

        setattr(clock, "timezone", ListeningTimezone(self))  # noqa: B010  (mypy knows that it is a module)
        self._running = item.nodeid
        try:
            with on(DATES[FIRST]):
                return (yield)
        finally:
            self._running = ""
            setattr(clock, "timezone", timezone)  # noqa: B010

    def pytest_testnodedown(self, node: Any) -> None:
        """Take over what a worker has noted."""
        self.noted.update(getattr(node, "workeroutput", {}).get(NOTED, []))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Send the notes to the first process, or, in that process, write them to the file."""
        output: dict[str, Any] | None = getattr(self.config, "workeroutput", None)
        if output is not None:
            output[NOTED] = sorted(self.noted)
        else:
            before = (
                self.config.cache.get(NOTED, []) if self.config.getoption("--note-clock") == "more" else []
            )
            self.config.cache.set(NOTED, sorted(self.noted.union(before)))


class Turner:
    """Runs each noted test once on each date but the first, on which it was noted."""

    def __init__(self, config: pytest.Config) -> None:
        noted = config.cache.get(NOTED, None)
        if not noted:
            raise pytest.UsageError("No test is noted yet. Run pytest --note-clock=new before.")
        self.noted = frozenset(noted)
        self.functions = {name.partition("[")[0] for name in noted}
        self.files = {config.rootpath / name.partition("::")[0] for name in noted}

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Do not even read the files that have none of them."""
        is_without = collection_path.suffix == ".py" and collection_path not in self.files
        return True if is_without else None

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run every test that may have been noted once for each date but the first."""
        if metafunc.definition.nodeid in self.functions:
            others = {label: date for label, date in DATES.items() if label != FIRST}
            metafunc.fixturenames.append("_moment")
            metafunc.parametrize("_moment", others.values(), ids=list(others), indirect=True)

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out the tests that were not noted."""
        chosen = [item for item in items if self._without_date(item) in self.noted]
        left_out = set(items).difference(chosen)
        config.hook.pytest_deselected(items=[item for item in items if item in left_out])
        items[:] = chosen

    @staticmethod
    def _without_date(item: pytest.Item) -> str:
        name = item.nodeid
        for label in DATES:
            name = name.replace(f"[{label}]", "").replace(f"-{label}]", "]").replace(f"[{label}-", "[")
        return name


@pytest.fixture
def _moment(request: pytest.FixtureRequest) -> Iterator[None]:
    """Set the clock to another moment inside the block; it runs on from there."""
    with on(request.param):
        yield


@contextmanager
def on(date: str) -> Iterator[None]:
    """Inside, the clock has been set to an ISO date and time, and runs on from there."""
    with time_machine.travel(datetime.datetime.fromisoformat(date), tick=True):
        yield
