"""The version of the published content, and what is worked out from it and kept until it changes.

Every change of what the public can see raises one number and writes a new random token beside it, in the same
transaction (prevention.core.change_log). Whatever is kept in memory is kept under both: after a backup was
put back the number may come a second time, its token never does. A change belongs to a scope, so that what
shows nothing of it is kept.
"""

from __future__ import annotations

import enum
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from django.db import connection

T = TypeVar("T")


class Scope(enum.StrEnum):
    """Where a change can show. What is shown nowhere (a draft) has none."""

    SITE = "site"  # pages, their addresses, and the facts, helplines and alerts on them
    SCHOOLS = "schools"  # the finder and the packs: stages, risk groups, the files
    SEARCH = "search"  # answers to a search: cards and lists of words
    FIGURES = "figures"  # released indicators


Scopes = frozenset[Scope]
SITE: Scopes = frozenset({Scope.SITE})
SCHOOLS: Scopes = frozenset({Scope.SITE, Scope.SCHOOLS})
SEARCH: Scopes = frozenset({Scope.SITE, Scope.SEARCH})
FIGURES: Scopes = frozenset({Scope.SITE, Scope.FIGURES})

STAMP_TABLE = "core_contentstamp"
ALL = ""  # the stamp of the whole log: it rises with every scope
# (scope, number, token) of each scope that something shows
Seen = tuple[tuple[str, int, str], ...]


@dataclass(frozen=True)
class ContentVersion:
    """The number and the token of the last change, of the whole log (ALL) and of each scope."""

    stamps: Mapping[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """The number of the last change; 0 before the first one of a new database."""
        return self.stamps.get(ALL, (0, ""))[0]

    @property
    def token(self) -> str:
        """The random token of the last change; '' before the first one."""
        return self.stamps.get(ALL, (0, ""))[1]

    def of(self, scopes: Scopes) -> Seen:
        """Return what something that shows these scopes is to be kept under."""
        return tuple((scope, *self.stamps.get(scope, (0, ""))) for scope in sorted(scopes))


def stored_version() -> ContentVersion:
    """Read the present version, by one short query."""
    # Plain SQL: every warm page pays for this one query, and the ORM would double its cost.
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT scope, version, token FROM {STAMP_TABLE}")  # noqa: S608
        return ContentVersion({scope: (version, token) for scope, version, token in cursor.fetchall()})


# The version seen by the request that is being answered: read at most once in it, and the same for all of it.
_seen: ContextVar[list[ContentVersion] | None] = ContextVar("seen_version", default=None)
_all: list[PerVersion[object]] = []


@contextmanager
def one_version() -> Iterator[None]:
    """Inside, the content counts as unchanged: its version is read once, by whoever needs it first."""
    if _seen.get() is not None:
        yield
        return
    token = _seen.set([])
    try:
        yield
    finally:
        _seen.reset(token)


def content_version() -> ContentVersion:
    """Return the version of the present content; inside `one_version` always the same."""
    seen = _seen.get()
    if seen is None:
        return stored_version()
    if not seen:
        seen.append(stored_version())
    return seen[0]


class PerVersion(Generic[T]):
    """A function without arguments whose result is kept until content of its scopes changes."""

    def __init__(self, build: Callable[[], T], scopes: Scopes) -> None:
        self._build = build
        self._scopes = scopes
        self._lock = threading.Lock()
        self._kept: tuple[Seen, T] | None = None
        _all.append(self)  # type: ignore[arg-type]  # the list only ever forgets them

    def __call__(self) -> T:
        """Return the result for the present content. Callers share it and must not change it."""
        seen = content_version().of(self._scopes)
        kept = self._kept
        if kept is None or kept[0] != seen:
            with self._lock:
                kept = self._kept
                if kept is None or kept[0] != seen:
                    kept = self._kept = (seen, self._build())
        return kept[1]

    def forget(self) -> None:
        """Drop what is kept."""
        self._kept = None


def per_version(scopes: Scopes) -> Callable[[Callable[[], T]], PerVersion[T]]:
    """Decorate a function of no arguments: it runs again only after content of `scopes` has changed."""

    def decorate(build: Callable[[], T]) -> PerVersion[T]:
        return PerVersion(build, scopes)

    return decorate
