"""Count an answer by what its view noted on it, after the human filter.

prevention.delivery calls `count_answer` for every answer that was noted; settings.COUNT_ANSWER names it.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest

from prevention.engagement import human_filter
from prevention.engagement.counts import record

COUNTED_STATUSES = frozenset({200, 303, 304})
# What only a person at a browser does; a partner's program is counted without that question.
MACHINE_MEASURES = frozenset({"api.serve"})
# Where a browser too old for Sec-Fetch headers has a facet of its own.
READING_MEASURES = frozenset({"page.view", "page.arrive"})

CountKey = tuple[str, str, str]  # (measure, content key, facet)


def count_answer(request: HttpRequest, status: int, counts: tuple[CountKey, ...]) -> None:
    """Count an answer that was given with this status. `counts` is what its view noted on it."""
    if request.method != "HEAD" and status in COUNTED_STATUSES:
        for measure, content, facet in counts_of(request, counts):
            record(measure, content, facet)


def counts_of(request: HttpRequest, counts: tuple[CountKey, ...]) -> Iterator[CountKey]:
    """Yield (measure, content, facet) for each thing that one answer really counts as."""
    if (
        human_filter.asked_not_to_be_counted(request)
        or human_filter.is_staff_view(request)
        or human_filter.is_prefetch(request)
    ):
        return
    machine = [count for count in counts if count[0] in MACHINE_MEASURES]
    yield from machine
    people = [count for count in counts if count[0] not in MACHINE_MEASURES]
    if not people:
        return
    if human_filter.is_bot(request):
        yield "bot", "", ""
        return
    navigation = human_filter.is_navigation(request)
    if navigation is False:
        return
    for measure, content, noted_facet in people:
        facet = "legacy" if measure in READING_MEASURES and navigation is None else noted_facet
        yield measure, content, facet
        if measure == "page.view" and human_filter.has_arrived(request):
            yield "page.arrive", content, facet
