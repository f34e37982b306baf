"""Elasticsearch in front, the embedded engine behind it: one of them answers every request.

The embedded index is always kept up to date. What Elasticsearch has not been told yet stands in
WaitingDocument, in the same database and the same transaction as the page: so nothing is lost, and it answers
only once it has been told everything.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar, TypeVar

from django.conf import settings
from django.db import transaction

from prevention import clock
from search.engines.base import Document, Found, Health, Hit
from search.engines.elastic import UNREACHABLE, ElasticEngine, NoIndexError
from search.engines.stored import StoredEngine
from search.models import SearchDocument, WaitingDocument

logger = logging.getLogger("candour.search")
T = TypeVar("T")

# A reader may be waiting; what is left is told with the next request.
TOLD_AT_ONCE = 100


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
    """Asks `front`; when it is slow, down or behind, `behind` answers the same question."""

    name: ClassVar[str] = "elasticsearch"

    def __init__(self, front: ElasticEngine, behind: StoredEngine) -> None:
        self.front = front
        self.behind = behind

    # Writing: the database at once, the server after the transaction

    def index(self, documents: Iterable[Document]) -> None:
        """Add documents, replacing those of the same pages."""
        rows = list(documents)
        with transaction.atomic():
            self.behind.index(rows)
            self._wait_for([row.page_id for row in rows])
        transaction.on_commit(self._try_to_catch_up)

    def delete(self, page_ids: Sequence[int]) -> None:
        """Remove pages; unknown ones are passed over."""
        with transaction.atomic():
            self.behind.delete(page_ids)
            self._wait_for(page_ids)
        transaction.on_commit(self._try_to_catch_up)

    def rebuild(self, documents: Iterable[Document]) -> None:
        """Replace both indexes. Raises what the server raises: who rebuilds wants to know."""
        with transaction.atomic():
            known = set(_page_ids())
            self.behind.rebuild(documents)
            seen = list(WaitingDocument.objects.values_list("pk", flat=True))
        try:
            self._rebuild_front(seen)
        except UNREACHABLE:
            # Its index is still the old one: every page of it, and every new one, is news to it.
            self._wait_for(sorted(known.union(_page_ids())))
            raise

    def _rebuild_front(self, seen: Sequence[int]) -> int:
        """A new index of what the database holds; `seen`: the rows that wait for nothing more then."""
        told: dict[int, Document] = {}
        self.front.rebuild(_noting(_stored(), told))
        WaitingDocument.objects.filter(pk__in=seen).delete()
        # What was published meanwhile was told to the index that is now gone.
        now = {document.page_id: document for document in _stored()}
        self._wait_for([page_id for page_id in {*told, *now} if told.get(page_id) != now.get(page_id)])
        self._try_to_catch_up()
        breaker.answered()
        return len(told)

    def catch_up(self) -> int:
        """Tell the server some of what it has not been told; how many. Raises what the server raises."""
        rows = WaitingDocument.objects.order_by("pk").values_list("pk", "page_id")
        waiting = dict(rows[:TOLD_AT_ONCE])
        if waiting:
            if not self.front.exists():
                # One that is made of these few pages would answer as if there were no others.
                raise NoIndexError
            page_ids = list(waiting.values())
            known = list(_stored(page_ids))
            self.front.delete(sorted(set(page_ids) - {document.page_id for document in known}))
            self.front.index(known)
            WaitingDocument.objects.filter(pk__in=waiting).delete()
            # Another worker may have told a newer state of a page before this one was written over it.
            now = {document.page_id: document for document in _stored(page_ids)}
            self._wait_for([document.page_id for document in known if now.get(document.page_id) != document])
        return len(waiting)

    def keep_up(self) -> str:
        """Tell the server what it missed; rebuild its index when there is none, or names have changed."""
        try:
            if not (self.front.exists() and self.front.has_synonyms()):
                seen = list(WaitingDocument.objects.values_list("pk", flat=True))
                pages = self._rebuild_front(seen)
                return f"Elasticsearch has a new index of {pages} pages."
            told = 0
            while some := self.catch_up():
                told += some
        except UNREACHABLE as error:
            breaker.failed(error)
            return f"Elasticsearch does not answer ({type(error).__name__}); nothing is lost."
        return f"Elasticsearch was told of what had changed: {told}." if told else ""

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
            lambda: self.front.search(words, kinds=kinds, audiences=audiences, limit=limit),
            lambda: self.behind.search(words, kinds=kinds, audiences=audiences, limit=limit),
        )

    def suggest(self, prefix: str, *, limit: int = 8) -> list[Hit]:
        """Pages whose title or names begin so."""
        return self._first(
            lambda: self.front.suggest(prefix, limit=limit), lambda: self.behind.suggest(prefix, limit=limit)
        )

    def health(self) -> Health:
        """The server's when it answers; else that it does not, and that the database answers instead."""
        front = self.front.health()
        if front.ok and not self._is_behind():
            return front
        behind = self.behind.health()
        state = f"Elasticsearch: {front.detail}; {behind.engine} answers" if not front.ok else "catching up"
        return Health(self.name, ok=front.ok, documents=behind.documents, detail=state)

    # Inside

    def _first(self, ask: Callable[[], T], else_ask: Callable[[], T]) -> T:
        if breaker.is_open:
            return else_ask()
        try:
            if self._is_behind():
                self.catch_up()
            if self._is_behind():
                return else_ask()
            answer = ask()
        except UNREACHABLE as error:
            breaker.failed(error)
            return else_ask()
        breaker.answered()
        return answer

    def _is_behind(self) -> bool:
        return WaitingDocument.objects.exists()

    def _wait_for(self, page_ids: Sequence[int]) -> None:
        # A new row each time, so that a change made while the server is being told is told as well.
        WaitingDocument.objects.filter(page_id__in=page_ids).delete()
        WaitingDocument.objects.bulk_create(
            [WaitingDocument(page_id=page_id) for page_id in page_ids], ignore_conflicts=True
        )

    def _try_to_catch_up(self) -> None:
        if breaker.is_open:
            return
        try:
            self.catch_up()
        except UNREACHABLE as error:
            breaker.failed(error)


def _page_ids() -> Iterable[int]:
    return SearchDocument.objects.values_list("page_id", flat=True)


def _noting(documents: Iterable[Document], noted: dict[int, Document]) -> Iterable[Document]:
    for document in documents:
        noted[document.page_id] = document
        yield document


def _stored(page_ids: Sequence[int] | None = None) -> Iterable[Document]:
    """The documents of the embedded index: all, or those of these pages."""
    rows = (
        SearchDocument.objects.all()
        if page_ids is None
        else SearchDocument.objects.filter(page_id__in=page_ids)
    )
    names = list(Document.__dataclass_fields__)
    for values in rows.values(*names).iterator():
        yield Document(**values)
