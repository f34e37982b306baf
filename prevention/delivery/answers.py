"""The note that a view attaches to its answer: whether it may be cached, what it shows, what it counts as.

To follow an answer, start here. A view calls `public` or `counted`, which attach the note.
PageCacheMiddleware (page_cache.py) reads it to cache a public answer. CountsMiddleware (middleware.py) wraps
the page cache, so that cached answers count too, and passes the counts to settings.COUNT_ANSWER, which is
prevention.engagement.answers.count_answer with its human filter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

from django.http import HttpResponseBase

from prevention.delivery.content_version import SITE, Scopes

# (measure, content key, facet), for example ("page.view", "substance:ketamine", "").
Counts = tuple[tuple[str, str, str], ...]
Response = TypeVar("Response", bound=HttpResponseBase)


@dataclass(frozen=True)
class AnswerNote:
    """The note on an answer.

    `counts`: what one delivery counts as. `is_public`: the answer is the same for everyone and may be cached.
    `keeps_query`: it may be cached also when its address has a query. `scopes`: the content that it shows.
    """

    counts: Counts = ()
    is_public: bool = False
    keeps_query: bool = False
    scopes: Scopes = SITE


def note_of(response: HttpResponseBase) -> AnswerNote:
    """Return the note on an answer; by default it counts as nothing and is not cached."""
    note: AnswerNote = getattr(response, "candour_note", AnswerNote())
    return note


def _noted(response: Response, note: AnswerNote) -> Response:
    response.candour_note = note  # type: ignore[attr-defined]  # the one attribute that we add to answers
    return response


def counted(response: Response, counts: Counts) -> Response:
    """Note what one delivery of an answer counts as; the answer is not cached. Return the same answer."""
    return _noted(response, AnswerNote(counts))


def public(
    response: Response,
    *,
    counts: Counts = (),
    cache_control: str = "no-cache",
    keeps_query: bool = False,
    scopes: Scopes = SITE,
) -> Response:
    """Note that an answer is the same for everyone: it is cached and revalidated. Return the same answer.

    `counts` is what one delivery counts as. `cache_control` is the header for browsers: the default makes
    them ask again every time, so that a withdrawn page vanishes at once. An address with a query is cached
    only with `keeps_query`, by which the view promises that there are few of them. `scopes` is the content
    that it shows: a change in another scope keeps the cached answer.
    """
    response.headers["Cache-Control"] = cache_control
    return _noted(response, AnswerNote(counts, True, keeps_query, scopes))


def sent_once(response: Response) -> Response:
    """Take back the note of `public`: the answer is counted but not cached. Return the same answer."""
    return _noted(response, replace(note_of(response), is_public=False))
