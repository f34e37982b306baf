"""A pytest plugin that fails a run in which tests of a required kind were skipped.

pytest -p tests.required --require MARKER   fails when a test with this marker was skipped, or none ran
pytest -p tests.required --with-database    leaves out the tests that use no database
"""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --require."""
    parser.addoption(
        "--require", metavar="MARKER", help="Fail unless tests with this marker ran, and all of them."
    )
    parser.addoption("--with-database", action="store_true", help="Only the tests that use the database.")


DATABASE = frozenset({"db", "django_db_setup", "transactional_db"})  # what a test that uses it asks for


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what --with-database leaves out."""
    if config.getoption("--with-database"):
        uses = [item for item in items if _uses_database(item)]
        config.hook.pytest_deselected(items=[item for item in items if not _uses_database(item)])
        items[:] = uses


def _uses_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(
        DATABASE & fixtures or item.get_closest_marker("django_db") or item.get_closest_marker("postgres")
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the counter in the first process, which alone sees the reports of all workers."""
    marker = config.getoption("--require")
    if marker and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Required(marker))


class Required:
    """Counts the tests with a marker."""

    def __init__(self, marker: str) -> None:
        self.marker = marker
        self.ran = 0
        self.skipped: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count one test as run or skipped."""
        if self.marker not in report.keywords:
            return
        if report.skipped:
            self.skipped.append(report.nodeid)
        elif report.when == "call":
            self.ran += 1

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Let a successful run fail if there is a complaint."""
        if self.complaint and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say why."""
        if self.complaint:
            terminalreporter.write_line(self.complaint, red=True)

    @property
    def complaint(self) -> str:
        """Return what is wrong with the run in a sentence, or ''."""
        if self.skipped:
            return f"Tests of {self.marker} must run here, and were skipped: {', '.join(self.skipped)}"
        return "" if self.ran else f"Not one test of {self.marker} ran."
