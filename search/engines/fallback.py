"""Elasticsearch in front, the embedded engine behind it: one of them answers every request.

The embedded index reads the log of changes, and the server is told of the same changes after it. It answers
only while it has been told of all that the embedded index holds, and only documents that are the embedded
index's own: each carries the place in the log that it was made at. So an index of another history (a backup
was put back) shows nothing, and is rebuilt.
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
    """Leaves a server alone for a while after a failure; says so once, and once when it is back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spared_until = 0.0
        self._is_down = False

    @property
    def is_open(self) -> bool:
        """Is the server being left alone?"""
        return clock.monotonic() < self._spared_until

    def failed(self, error: Exception) -> None:
        """Leave it alone from now on."""
        with self._lock:
            self._spared_until = clock.monotonic() + settings.ELASTICSEARCH_RETRY_SECONDS
            if not self._is_down:
                self._is_down = True
                # The kind of the error only: its text may hold the question.
                logger.warning("Elasticsearch does not answer (%s): the database does.", type(error).__name__)

    def answered(self) -> None:
        """It is there."""
        if not self._is_down:
            return
        with self._lock:
            if self._is_down:
                self._is_down, self._spared_until = False, 0.0
                logger.warning("Elasticsearch answers again.")

    def forget(self) -> None:
        """Start anew; for tests."""
        self._is_down, self._spared_until = False, 0.0


breaker = Breaker()


class FallbackEngine:
    """Asks `front`; when it is slow, down or behind, `embedded` answers the same question."""

    name: ClassVar[str] = "elasticsearch"

    def __init__(self, front: ElasticEngine, embedded: EmbeddedEngine) -> None:
        self.front = front
        self.embedded = embedded

    # Writing: the server is told of what the embedded index has read

    def tell(self, changes: Sequence[ContentChange]) -> None:
        """Read the log of changes: tell the server of these pages. Raises what the server raises."""
        with _noted():
            if self._goes_on_before(changes[0].version or 0):
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
        """Give the server a new index of what the database holds; returns the place in the log of that.

        Raises what the server raises.
        """
        with _noted():
            row = ReaderCursor.objects.filter(name=INDEX_READER).first()
            cursor = row.cursor if row else Cursor()
            self.front.rebuild(_documents(), str(cursor))
        breaker.answered()
        return cursor

    def keep_up(self) -> str:
        """Rebuild the index of the server when it has none, other synonyms, or one of another history."""
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
        """Pages that hold all of the words."""
        if not words:
            return Found()
        return self._first(
            lambda: self._found(words, kinds, audiences, limit),
            lambda: self.embedded.search(words, kinds=kinds, audiences=audiences, limit=limit),
        )

    def suggest(self, prefix: str, *, limit: int = 8) -> list[Hit]:
        """Pages whose title or names begin so."""
        return self._first(
            lambda: _present(self.front.suggest(prefix, limit=limit)),
            lambda: self.embedded.suggest(prefix, limit=limit),
        )

    def health(self) -> Health:
        """The server's when it answers; else that it does not, and that the database answers instead."""
        front = self.front.health()
        if front.ok and not self._is_behind():
            return front
        embedded = self.embedded.health()
        state = f"Elasticsearch: {front.detail}; {embedded.engine} answers" if not front.ok else "catching up"
        return Health(self.name, ok=front.ok, documents=embedded.documents, detail=state)

    def is_left_alone(self) -> bool:
        """Has it failed a moment ago?"""
        return breaker.is_open

    # Inside

    def _found(
        self, words: Sequence[str], kinds: Sequence[str], audiences: Sequence[str], limit: int
    ) -> Found:
        found = self.front.search(words, kinds=kinds, audiences=audiences, limit=limit)
        return replace(found, hits=_present(found.hits))

    def _first(self, ask: Callable[[], T], else_ask: Callable[[], T]) -> T:
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
        """Has the server not been told yet of all that the embedded index holds?"""
        rows = {row.name: row for row in ReaderCursor.objects.filter(name__in=(INDEX_READER, SERVER_READER))}
        index, front = rows.get(INDEX_READER), rows.get(SERVER_READER)
        if index is None or front is None or front.read_at is None:
            return True
        return front.cursor != index.cursor

    def _goes_on_before(self, version: int) -> bool:
        """Does the index of the server hold all that was changed before this number, of this history?"""
        cursor = self.front.cursor()
        return cursor.version >= version - 1 and _is_in_log(cursor)

    def _is_of_this_history(self) -> bool:
        row = ReaderCursor.objects.filter(name=SERVER_READER).first()
        cursor = self.front.cursor()
        return row is not None and cursor.version >= row.version and _is_in_log(cursor)


@contextmanager
def _noted() -> Iterator[None]:
    """Leave the server alone for a while when it fails."""
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


def _present(hits: Sequence[Hit]) -> list[Hit]:
    """The hits whose document is the one that the embedded index holds now."""
    stamps = dict(
        SearchDocument.objects.filter(page_id__in=[hit.page_id for hit in hits]).values_list(
            "page_id", "stamp"
        )
    )
    return [hit for hit in hits if stamps.get(hit.page_id) == hit.stamp]


def _documents(page_ids: Sequence[int] | None = None) -> Iterable[Document]:
    """The documents of the embedded index: all, or those of these pages."""
    rows = (
        SearchDocument.objects.all()
        if page_ids is None
        else SearchDocument.objects.filter(page_id__in=page_ids)
    )
    names = list(Document.__dataclass_fields__)
    for values in rows.values(*names).iterator():
        yield Document(**values)
