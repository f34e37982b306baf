"""Elasticsearch with the embedded engine as its fallback: every request is answered by one of them.

Both indexes follow the log of changes, the server's after the embedded one. The server answers only while it
has all changes that the embedded index has. Of its hits only those are used whose document is the same as in
the embedded index: both carry the position in the log at which the page was read. So an index of another
history (after a backup was restored) yields no hit, and is rebuilt.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import ClassVar, TypeVar

from django.conf import settings

from prevention import clock
from prevention.core.log_readers import restart
from prevention.core.models import ContentChange, Cursor, ReaderCursor, UnknownCursorError
from search.engines.base import INDEX_READER, SERVER_READER, Document, Found, Health, Hit
from search.engines.elastic import UNREACHABLE, ElasticEngine
from search.engines.embedded import EmbeddedEngine
from search.models import SearchDocument

logger = logging.getLogger("candour.search")
T = TypeVar("T")


class Breaker:
    """A circuit breaker: after a failure the server is not asked for settings.ELASTICSEARCH_RETRY_SECONDS.

    Logs one warning when the server fails, and one when it answers again.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spared_until = 0.0
        self._is_down = False

    @property
    def is_open(self) -> bool:
        """Whether the pause after a failure still lasts."""
        return clock.monotonic() < self._spared_until

    def failed(self, error: Exception) -> None:
        """Begin a pause. The class of `error` is logged, never its text."""
        with self._lock:
            self._spared_until = clock.monotonic() + settings.ELASTICSEARCH_RETRY_SECONDS
            if not self._is_down:
                self._is_down = True
                # Only the class of the error: its text may contain what was searched.
                logger.warning("Elasticsearch does not answer (%s): the database does.", type(error).__name__)

    def answered(self) -> None:
        """End the pause: the server has answered."""
        if not self._is_down:
            return
        with self._lock:
            if self._is_down:
                self._is_down, self._spared_until = False, 0.0
                logger.warning("Elasticsearch answers again.")

    def forget(self) -> None:
        """Return to the state at the start without logging; for tests."""
        self._is_down, self._spared_until = False, 0.0


breaker = Breaker()


class FallbackEngine:
    """Asks the server `front`; when it is slow, down or behind, asks `embedded` the same."""

    name: ClassVar[str] = "elasticsearch"

    def __init__(self, front: ElasticEngine, embedded: EmbeddedEngine) -> None:
        self.front = front
        self.embedded = embedded

    # Writing: the server gets the documents of the embedded index

    def tell(self, changes: Sequence[ContentChange]) -> None:
        """Apply these changes, which follow each other in the log, to the server's index.

        Rebuild the index instead if it lacks an earlier change. Raises one of UNREACHABLE when the server
        fails.
        """
        with _failures_open_breaker():
            if self._has_all_before(changes[0].version or 0):
                pages = sorted({change.page_pk for change in changes if change.page_pk})
                known = list(_documents(pages))
                self.front.delete(
                    sorted(set(pages) - {document.page_id for document in known}), changes[-1].version or 0
                )
                self.front.index(known)
                self.front.set_cursor(str(changes[-1].cursor))
            else:
                self.rebuild_front()

    def rebuild_front(self) -> Cursor:
        """Build the server's index anew from the embedded one; return the position of that one in the log.

        Raises one of UNREACHABLE when the server fails.
        """
        with _failures_open_breaker():
            row = ReaderCursor.objects.filter(name=INDEX_READER).first()
            cursor = row.cursor if row else Cursor()
            self.front.rebuild(_documents(), str(cursor))
        breaker.answered()
        return cursor

    def keep_up(self) -> str:
        """Rebuild the server's index if it is missing, has old synonyms or is of another history.

        Return what was done in a sentence, or ''. Never raises when the server fails.
        """
        try:
            if not (self.front.exists() and self.front.has_synonyms() and self._is_of_this_history()):
                restart(SERVER_READER)
                return f"Elasticsearch has a new index of {self.front.health().documents} pages."
        except UNREACHABLE as error:
            breaker.failed(error)
            return f"Elasticsearch does not answer ({type(error).__name__}); nothing is lost."
        return ""

    # Reading

    def search(
        self,
        words: Sequence[str],
        *,
        kinds: Sequence[str] = (),
        audiences: Sequence[str] = (),
        limit: int = 20,
    ) -> Found:
        """Return the pages that hold all words close together, best first, from one of the engines."""
        if not words:
            return Found()
        return self._with_fallback(
            lambda: self._found(words, kinds, audiences, limit),
            lambda: self.embedded.search(words, kinds=kinds, audiences=audiences, limit=limit),
        )

    def suggest(self, prefix: str, *, limit: int = 8) -> list[Hit]:
        """Return the pages whose title or names have, for each word of `prefix`, one that begins with it."""
        return self._with_fallback(
            lambda: _current(self.front.suggest(prefix, limit=limit)),
            lambda: self.embedded.suggest(prefix, limit=limit),
        )

    def health(self) -> Health:
        """Return the server's state if it answers; else not ok, and which engine answers instead."""
        front = self.front.health()
        if front.ok and not self._is_behind():
            return front
        embedded = self.embedded.health()
        state = f"Elasticsearch: {front.detail}; {embedded.engine} answers" if not front.ok else "catching up"
        return Health(self.name, ok=front.ok, documents=embedded.documents, detail=state)

    def is_left_alone(self) -> bool:
        """Return whether the server is in the pause that follows a failure."""
        return breaker.is_open

    # Private

    def _found(
        self, words: Sequence[str], kinds: Sequence[str], audiences: Sequence[str], limit: int
    ) -> Found:
        found = self.front.search(words, kinds=kinds, audiences=audiences, limit=limit)
        return replace(found, hits=_current(found.hits))

    def _with_fallback(self, ask: Callable[[], T], else_ask: Callable[[], T]) -> T:
        if breaker.is_open or self._is_behind():
            return else_ask()
        try:
            answer = ask()
        except UNREACHABLE as error:
            breaker.failed(error)
            return else_ask()
        breaker.answered()
        return answer

    def _is_behind(self) -> bool:
        """Return whether the server's index lacks changes that the embedded index has."""
        rows = {row.name: row for row in ReaderCursor.objects.filter(name__in=(INDEX_READER, SERVER_READER))}
        index, front = rows.get(INDEX_READER), rows.get(SERVER_READER)
        if index is None or front is None or front.read_at is None:
            return True
        return front.cursor != index.cursor

    def _has_all_before(self, version: int) -> bool:
        """Return whether the server's index is of this history and has all changes before `version`."""
        cursor = self.front.cursor()
        return cursor.version >= version - 1 and _is_in_log(cursor)

    def _is_of_this_history(self) -> bool:
        row = ReaderCursor.objects.filter(name=SERVER_READER).first()
        cursor = self.front.cursor()
        return row is not None and cursor.version >= row.version and _is_in_log(cursor)


@contextmanager
def _failures_open_breaker() -> Iterator[None]:
    """Let a failure of the server begin a pause, and raise it again."""
    try:
        yield
    except UNREACHABLE as error:
        breaker.failed(error)
        raise


def _is_in_log(cursor: Cursor) -> bool:
    try:
        ContentChange.objects.since(cursor)
    except UnknownCursorError:
        return False
    return True


def _current(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits whose document is the same as in the embedded index now (equal stamps)."""
    stamps = dict(
        SearchDocument.objects.filter(page_id__in=[hit.page_id for hit in hits]).values_list(
            "page_id", "stamp"
        )
    )
    return [hit for hit in hits if stamps.get(hit.page_id) == hit.stamp]


def _documents(page_ids: Sequence[int] | None = None) -> Iterable[Document]:
    """Yield the documents of the embedded index: all, or those of the pages with these ids."""
    rows = (
        SearchDocument.objects.all()
        if page_ids is None
        else SearchDocument.objects.filter(page_id__in=page_ids)
    )
    names = list(Document.__dataclass_fields__)
    for values in rows.values(*names).iterator():
        yield Document(**values)
