"""Count an answer by what its view noted on it, once it is certain that a person asked for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.http import HttpRequest, HttpResponseBase

from prevention.engagement import gate
from prevention.engagement.tally import record

COUNTED_STATUSES = frozenset({200, 303, 304})
# What only a person at a browser does; a partner's program is counted without that question.
MACHINE_MEASURES = frozenset({"api.serve"})
# Where a browser too old for Sec-Fetch headers has a facet of its own.
READING_MEASURES = frozenset({"page.view", "page.arrive"})

Noted = tuple[str, str, str]


class TallyMiddleware:
    """Stands outside the page cache, so that kept pages and 304s count as what they are: pages read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        noted: tuple[Noted, ...] = getattr(response, "tally", ())
        if noted and request.method != "HEAD" and response.status_code in COUNTED_STATUSES:
            for measure, content, facet in counts_of(request, noted):
                record(measure, content, facet)
        return response


def counts_of(request: HttpRequest, noted: tuple[Noted, ...]) -> Iterator[Noted]:
    """What one answer really counts as, after the human filter. Yields (measure, content, facet)."""
    if gate.asked_not_to_be_counted(request) or gate.is_staff_view(request) or gate.is_prefetch(request):
        return
    machine = [note for note in noted if note[0] in MACHINE_MEASURES]
    yield from machine
    people = [note for note in noted if note[0] not in MACHINE_MEASURES]
    if not people:
        return
    if gate.is_bot(request):
        yield "bot", "", ""
        return
    navigation = gate.is_navigation(request)
    if navigation is False:
        return
    for measure, content, noted_facet in people:
        facet = "legacy" if measure in READING_MEASURES and navigation is None else noted_facet
        yield measure, content, facet
        if measure == "page.view" and gate.has_arrived(request):
            yield "page.arrive", content, facet
