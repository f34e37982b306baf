"""Counts in memory, which a thread adds to the database once a second, so that no page waits for a count.

A crash loses the counts of the last second. While the database does not answer, the counts stay in memory.
"""

from __future__ import annotations

import datetime
import logging
import os
import threading
import time
from collections import Counter, deque
from statistics import median

from django.conf import settings
from django.db import Error, close_old_connections

from prevention import clock
from prevention.engagement.measures import MEASURES
from prevention.engagement.models import Cell, Count

log = logging.getLogger("candour.engagement")

# In one minute a content may be counted 20 times as often as in its usual (median) minute, and 200 times in
# any case. More than that is taken for a script, and counted as a surge.
SURGE_FACTOR = 20
SURGE_FLOOR = 200
MINUTES_REMEMBERED = 60


class CountBuffer:
    """The counts of this process that are not in the database yet. It can be used from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
        self._sums: Counter[Cell] = Counter()
        self._minute = 0
        self._in_minute: Counter[tuple[str, str]] = Counter()
        self._usual: dict[tuple[str, str], deque[int]] = {}
        self._process = 0

    def record(
        self, measure: str, content: str = "", facet: str = "", *, day: datetime.date | None = None
    ) -> None:
        """Add one to a count of `day` (default: today in London).

        What MEASURES does not allow adds to "dropped" instead, and what is too much in a minute to "surge".
        """
        known = MEASURES.get(measure)
        if known is None or not known.accepts(content, facet):
            measure, content, facet = "dropped", "", ""
        day = day or clock.today()
        with self._lock:
            if self._is_surge(measure, content):
                measure, content, facet = "surge", "", ""
            self._sums[(day, measure, content, facet)] += 1
        self._start_thread()

    def flush(self) -> None:
        """Add the counts to the database. On a database error they are kept for the next time."""
        with self._flushing:
            with self._lock:
                sums, self._sums = self._sums, Counter()
            if not sums:
                return
            try:
                Count.objects.add(sums)
            except Error:
                log.warning("The counts could not be written; they are kept for the next try.")
                with self._lock:
                    self._sums.update(sums)

    def _is_surge(self, measure: str, content: str) -> bool:
        minute = int(clock.monotonic() // 60)
        if minute != self._minute:
            self._next_minute(minute)
        key = (measure, content)
        self._in_minute[key] += 1
        usual = self._usual.get(key)
        return self._in_minute[key] > max(SURGE_FLOOR, SURGE_FACTOR * (median(usual) if usual else 0))

    def _next_minute(self, minute: int) -> None:
        for key, n in self._in_minute.items():
            self._usual.setdefault(key, deque(maxlen=MINUTES_REMEMBERED)).append(n)
        self._in_minute.clear()
        self._minute = minute

    def _start_thread(self) -> None:
        # Threads do not survive a fork, so each worker process starts its own at its first count.
        if self._process == os.getpid() or not settings.COUNTS_FLUSH_SECONDS:
            return
        with self._lock:
            if self._process == os.getpid():
                return
            self._process = os.getpid()
        threading.Thread(target=self._flush_for_ever, name="counts", daemon=True).start()

    def _flush_for_ever(self) -> None:
        while True:
            time.sleep(settings.COUNTS_FLUSH_SECONDS)
            try:
                self.flush()
                close_old_connections()
            except Exception:
                # The thread must not end: this process has no other one that writes the counts.
                log.exception("A flush of the counts failed; the next one is in a second.")

    def forget(self) -> None:
        """Drop the counts and what was learned about usual minutes; for tests."""
        with self._lock:
            self._sums.clear()
            self._in_minute.clear()
            self._usual.clear()


_buffer = CountBuffer()
record = _buffer.record
flush = _buffer.flush
forget = _buffer.forget
