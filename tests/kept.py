"""Values kept per content version (lexicon, page index ...), built once in each process for all tests."""

from __future__ import annotations

from typing import Any

from prevention.delivery import content_version
from prevention.delivery.content_version import PerVersion

_tables: dict[PerVersion[object], Any] = {}


def begin() -> None:
    """Build every kept value from the present content, with which every test begins."""
    for table in content_version._all:
        table()
        _tables[table] = table._kept


def forget_all() -> None:
    """Drop every kept value, as in a new process."""
    for table in content_version._all:
        table.forget()


def go_back() -> None:
    """Restore the values of `begin`, and so drop those that a test's changes have led to."""
    for table in content_version._all:
        table._kept = _tables.get(table)
