"""Counts answers, after the human filter.

settings.COUNT_ANSWER names `count_answer`; CountsMiddleware of prevention.delivery calls it for every answer
on which a view noted counts.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest

from prevention.engagement import human_filter
from prevention.engagement.counts import record

COUNTED_STATUSES = frozenset({200, 303, 304})
# Measures of programs, which are counted without the human filter's questions about a browser.
MACHINE_MEASURES = frozenset({"api.serve"})
# Measures that get the facet 'legacy' for a browser too old for Sec-Fetch headers.
READING_MEASURES = frozenset({"page.view", "page.arrive"})

CountKey = tuple[str, str, str]  # (measure, content key, facet)


def count_answer(request: HttpRequest, status: int, counts: tuple[CountKey, ...]) -> None:
    """Count an answer that was sent with the HTTP status `status`. `counts` is what its view noted.

    A HEAD request, and any status but 200, 303 and 304, count as nothing.
    """
    if request.method != "HEAD" and status in COUNTED_STATUSES:
        for measure, content, facet in counts_of(request, counts):
            record(measure, content, facet)


def counts_of(request: HttpRequest, counts: tuple[CountKey, ...]) -> Iterator[CountKey]:
    """Yield the (measure, content, facet) triples that are left of `counts` after the human filter.

    A crawler yields one "bot" instead. A page view yields "page.arrive" too when it came from elsewhere.
    """
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
