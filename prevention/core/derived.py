"""What is worked out from published content, kept in each worker until that content changes.

Small tables that every page needs (helplines, penalties, the addresses of all pages) and the names that
search knows are read once per content stamp, not once per request.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Generic, TypeVar

T = TypeVar("T")

# The stamp seen by the request that is being answered: read at most once in it, and the same for all of it.
_seen: ContextVar[list[int] | None] = ContextVar("seen_version", default=None)
_all: list[PerVersion[object]] = []


@contextmanager
def one_version() -> Iterator[None]:
    """Inside, the content counts as unchanged: the stamp is read once, by whoever needs it first."""
    if _seen.get() is not None:
        yield
        return
    token = _seen.set([])
    try:
        yield
    finally:
        _seen.reset(token)


def content_version() -> int:
    """The number of the present content (ContentStamp)."""
    from prevention.core.models import ContentStamp  # models are not loaded when this is imported

    seen = _seen.get()
    if seen is None:
        return ContentStamp.current()
    if not seen:
        seen.append(ContentStamp.current())
    return seen[0]


class PerVersion(Generic[T]):
    """A function without arguments whose result is kept until published content changes."""

    def __init__(self, build: Callable[[], T]) -> None:
        self._build = build
        self._lock = threading.Lock()
        self._kept: tuple[int, T] | None = None
        _all.append(self)  # type: ignore[arg-type]  # the list only ever forgets them

    def __call__(self) -> T:
        """The result for the present content. Callers share it and must not change it."""
        version = content_version()
        kept = self._kept
        if kept is None or kept[0] != version:
            with self._lock:
                kept = self._kept
                if kept is None or kept[0] != version:
                    kept = self._kept = (version, self._build())
        return kept[1]

    def forget(self) -> None:
        """Drop what is kept."""
        self._kept = None


def per_version(build: Callable[[], T]) -> PerVersion[T]:
    """Decorate a function of no arguments: it runs again only after published content has changed."""
    return PerVersion(build)


def forget_all() -> None:
    """Drop everything kept; for tests, whose databases share version numbers."""
    for derived in _all:
        derived.forget()
