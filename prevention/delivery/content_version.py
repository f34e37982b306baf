"""The version of the published content, and results of functions that are cached until it changes.

Every change of what the public can see raises a number and writes a new random token, in the transaction of
the change (prevention.core.change_log). Caches compare both: after a restored backup a number can come a
second time, its token can not. Each change has a scope; what shows nothing of that scope stays cached
(decision 11).
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
    """The part of the site that shows a change. What is not shown (a draft) has no scope."""

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
ALL = ""  # the row of the whole log, which rises with every change of any scope
# (scope, number, token) of each scope that an answer or a result shows
Seen = tuple[tuple[str, int, str], ...]


@dataclass(frozen=True)
class ContentVersion:
    """The last change: `stamps` is {scope: (number, token)}, with the whole log under ALL."""

    stamps: Mapping[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """The number of the last change; 0 before the first one."""
        return self.stamps.get(ALL, (0, ""))[0]

    @property
    def token(self) -> str:
        """The random token of the last change; '' before the first one."""
        return self.stamps.get(ALL, (0, ""))[1]

    def of(self, scopes: Scopes) -> Seen:
        """Return (scope, number, token) of each of `scopes`; what is cached is valid until they change."""
        return tuple((scope, *self.stamps.get(scope, (0, ""))) for scope in sorted(scopes))


def stored_version() -> ContentVersion:
    """Return the present version from the database, by one query."""
    # Plain SQL: every cached page costs this one query, and the ORM would double its cost.
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT scope, version, token FROM {STAMP_TABLE}")  # noqa: S608  (a constant of ours)
        return ContentVersion({scope: (version, token) for scope, version, token in cursor.fetchall()})


# The version that the present request uses: read at most once, and the same for the whole request.
_seen: ContextVar[list[ContentVersion] | None] = ContextVar("seen_version", default=None)
_all: list[PerVersion[object]] = []


@contextmanager
def one_version() -> Iterator[None]:
    """Make `content_version` return the same version throughout the block; it is read when first needed."""
    if _seen.get() is not None:
        yield
        return
    token = _seen.set([])
    try:
        yield
    finally:
        _seen.reset(token)


def content_version() -> ContentVersion:
    """Return the present version of the content; inside `one_version` always the same."""
    seen = _seen.get()
    if seen is None:
        return stored_version()
    if not seen:
        seen.append(stored_version())
    return seen[0]


class PerVersion(Generic[T]):
    """Wraps a function without arguments and caches its result until content of its scopes changes."""

    def __init__(self, build: Callable[[], T], scopes: Scopes) -> None:
        self._build = build
        self._scopes = scopes
        self._lock = threading.Lock()
        self._kept: tuple[Seen, T] | None = None
        _all.append(self)  # type: ignore[arg-type]  # the list is used only to call `forget`

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
        """Drop the cached result."""
        self._kept = None


def per_version(scopes: Scopes) -> Callable[[Callable[[], T]], PerVersion[T]]:
    """Decorate a function without arguments: its result is cached until content of `scopes` changes."""

    def decorate(build: Callable[[], T]) -> PerVersion[T]:
        return PerVersion(build, scopes)

    return decorate
