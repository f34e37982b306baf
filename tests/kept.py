"""What is worked out from the template's content: made once a process, for all tests that begin with it."""

from __future__ import annotations

from typing import Any

from prevention.delivery import content_version
from prevention.delivery.content_version import PerVersion

_tables: dict[PerVersion[object], Any] = {}


def begin() -> None:
    """Work everything out from the content that every test begins with: that of the database now."""
    for table in content_version._all:
        table()
        _tables[table] = table._kept


def forget_all() -> None:
    """Drop everything, as in a new process."""
    for table in content_version._all:
        table.forget()


def go_back() -> None:
    """Keep that again. What a test has changed is gone, and what came of it too."""
    for table in content_version._all:
        table._kept = _tables.get(table)
