"""What a view says of its answer: who may get it, what it shows, and what delivering it counts as.

To follow one answer, read here first. A view calls `public` or `counted`; both leave one note on the answer.
PageCacheMiddleware (page_cache.py) reads the note to keep a public answer. CountsMiddleware (middleware.py)
stands outside it, so that kept answers count as well, and hands the counts to settings.COUNT_ANSWER, which is
the human filter of prevention.engagement.
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

    `counts`: what one delivery counts as. `is_public`: it is the same for everyone, and may be kept.
    `keeps_query`: it may be kept under its query too. `scopes`: what it shows.
    """

    counts: Counts = ()
    is_public: bool = False
    keeps_query: bool = False
    scopes: Scopes = SITE


def note_of(response: HttpResponseBase) -> AnswerNote:
    """Return the note on an answer; an answer without one counts as nothing and is kept nowhere."""
    note: AnswerNote = getattr(response, "candour_note", AnswerNote())
    return note


def _noted(response: Response, note: AnswerNote) -> Response:
    response.candour_note = note  # type: ignore[attr-defined]  # the one attribute that we add to answers
    return response


def counted(response: Response, counts: Counts) -> Response:
    """Note what the delivery of an answer that is kept nowhere counts as. Returns the same answer."""
    return _noted(response, AnswerNote(counts))


def public(
    response: Response,
    *,
    counts: Counts = (),
    cache_control: str = "no-cache",
    keeps_query: bool = False,
    scopes: Scopes = SITE,
) -> Response:
    """Note that an answer is the same for everyone, to be kept and revalidated. Returns the same answer.

    `counts` is what one delivery of it counts as. `cache_control` is the header for the reader's browser: the
    default makes a browser ask again every time, so that a withdrawn page vanishes at once. An address with a
    query is kept only with `keeps_query`: the view says that there are few such addresses. `scopes` is what
    it shows: a change of content of any other scope leaves it as it is.
    """
    response.headers["Cache-Control"] = cache_control
    return _noted(response, AnswerNote(counts, True, keeps_query, scopes))


def sent_once(response: Response) -> Response:
    """Take back what `public` said: the answer is counted, and the next reader gets one made anew."""
    return _noted(response, replace(note_of(response), is_public=False))
