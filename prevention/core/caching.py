"""Public answers are kept rendered, per version of the content, and revalidated by ETag (decision 6).

A view marks an answer with `public`. The middleware keeps it in the worker's memory by its address, together
with the day in London (law and alerts change by date) and the version of each scope of content that it shows.
It is given again only while these are the present ones. A warm page costs one query: the version.
"""

from __future__ import annotations

import datetime
import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import brotli
from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

from prevention import clock
from prevention.core.content_version import (
    SITE,
    ContentVersion,
    Scopes,
    Seen,
    content_version,
    one_version,
)

# (measure, content key, facet): what prevention.engagement is to count for this answer.
Tally = tuple[tuple[str, str, str], ...]
Response = TypeVar("Response", bound=HttpResponseBase)

CODINGS = ("br", "gzip")  # the smallest first
SMALLEST_COMPRESSED = 1_000  # bytes; below this packing gains nothing
# Measured on a drug page of 48 KB: gzip 11.4 KB; brotli at 5 10.6 KB in 1 ms, at 10 9.5 KB in 15 ms.
QUICK_BROTLI = 5
SMALL_BROTLI = 10


def counted(response: Response, tally: Tally) -> Response:
    """Note on an answer what its delivery counts as; prevention.engagement reads the note."""
    response.tally = tally  # type: ignore[attr-defined]  # Django answers carry notes as attributes
    return response


def public(
    response: Response,
    *,
    tally: Tally = (),
    cache_control: str = "no-cache",
    keeps_query: bool = False,
    scopes: Scopes = SITE,
) -> Response:
    """Mark an answer as the same for everyone, to be kept and revalidated.

    An address with a query is kept only with `keeps_query`: the view says that there are few such addresses.

    `tally` is what one delivery of it counts as; `cache_control` is the header for the reader's browser. The
    default makes a browser ask again every time, which is what lets a withdrawn page vanish at once. `scopes`
    is what it shows: a change of content of any other scope leaves it as it is.
    """
    response.shown_scopes = scopes  # type: ignore[attr-defined]  # a note, as below
    response.public_tally = tally  # type: ignore[attr-defined]  # Django answers carry notes as attributes
    response.keeps_query = keeps_query  # type: ignore[attr-defined]  # a note, as above
    response.headers["Cache-Control"] = cache_control
    return response


def sent_once(response: Response) -> Response:
    """Take the mark of `public` back: the answer is counted, and the next reader gets one made anew."""
    tally: Tally = response.public_tally  # type: ignore[attr-defined]  # a note, as above
    del response.public_tally  # type: ignore[attr-defined]  # as above
    return counted(response, tally)


def coding_for(header: str) -> str | None:
    """The coding of CODINGS that an Accept-Encoding takes, the smallest first; None when it takes none."""
    taken = set()
    for part in header.lower().split(","):
        coding, _, weight = part.partition(";")
        if weight.replace(" ", "").rstrip("0.") != "q=":  # q=0, q=0.0: not this one
            taken.add(coding.strip())
    return next((coding for coding in CODINGS if coding in taken), None)


def pack(body: bytes, coding: str, *, small: bool) -> bytes:
    """`body` in a coding of CODINGS; `small` takes its time, for what is kept."""
    if coding == "br":
        return bytes(brotli.compress(body, quality=SMALL_BROTLI if small else QUICK_BROTLI))
    return gzip.compress(body, 6, mtime=0)  # mtime=0: the same page gives the same bytes on every worker


@dataclass(frozen=True)
class Moment:
    """When an answer is good: the day in London, and the version of the content."""

    day: datetime.date
    version: ContentVersion

    @classmethod
    def present(cls) -> Moment | None:
        """Return this moment; None when the database can not say which version it holds."""
        try:
            return cls(clock.today(), content_version())
        except DatabaseError:
            return None  # the view will say so in its own way; the health check needs to


@dataclass(frozen=True)
class Kept:
    """A rendered answer: its bytes plain and packed, an ETag, the headers it had, what it counts as.

    `day` and `seen` say when it was made: on which day, from which versions of what it shows.
    """

    body: bytes
    packed: dict[str, bytes]  # by content coding; empty for what is sent once, or is too small to gain
    etag: str
    headers: tuple[tuple[str, str], ...]
    scopes: Scopes
    tally: Tally = field(default=())
    day: datetime.date | None = None
    seen: Seen = ()

    @classmethod
    def of(cls, response: HttpResponse, tally: Tally, moment: Moment | None) -> Kept:
        """Take a rendered 200 answer, made at `moment`; None: it is sent once, and not worth much packing."""
        body = response.content
        packed = {}
        if moment and len(body) >= SMALLEST_COMPRESSED:
            packed = {coding: pack(body, coding, small=True) for coding in CODINGS}
        headers = tuple((k, v) for k, v in response.headers.items() if k != "Content-Length")
        # Weak: the packed and the plain body are the same page, not the same bytes.
        etag = f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'
        scopes: Scopes = getattr(response, "shown_scopes", SITE)
        if moment is None:
            return cls(body, packed, etag, headers, scopes, tally)
        return cls(body, packed, etag, headers, scopes, tally, moment.day, moment.version.of(scopes))

    def holds(self, moment: Moment) -> bool:
        """Would it be made the same way now?"""
        return self.day == moment.day and self.seen == moment.version.of(self.scopes)

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        """The answer to one request: 304 when the reader has it, packed as small as the reader takes it."""
        headers = dict(self.headers)
        coding = coding_for(request.headers.get("Accept-Encoding", ""))
        if len(self.body) < SMALLEST_COMPRESSED:
            coding = None
        response: HttpResponse
        if self.etag in parse_etags(request.headers.get("If-None-Match", "")):
            response = HttpResponseNotModified(headers={"Cache-Control": headers["Cache-Control"]})
        elif coding:
            packed = self.packed.get(coding) or pack(self.body, coding, small=False)
            response = HttpResponse(packed, headers={**headers, "Content-Encoding": coding})
        else:
            response = HttpResponse(self.body, headers=headers)
        response.headers["ETag"] = self.etag
        patch_vary_headers(response, ("Accept-Encoding",))
        return counted(response, self.tally)


class PageCacheMiddleware:
    """Answer anonymous reads from the kept pages; keep what a view has marked as public."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.pages = caches["pages"]

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        with one_version():
            return self._read(request)

    def _read(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            return self._for_staff(request)
        # Read before anything is rendered: what changes meanwhile makes the answer an old one.
        moment = Moment.present()
        address = self._address(request)
        kept: Kept | None = self.pages.get(address) if moment else None
        if moment is None or kept is None or not kept.holds(moment):
            response = self.get_response(request)
            # With a query only what a view vouches for: anyone could fill the memory with the others.
            keep = not request.META.get("QUERY_STRING") or getattr(response, "keeps_query", False)
            kept = self._keep(response, address, moment if keep else None)
            if kept is None:
                return response
        return kept.answer(request)

    def _for_staff(self, request: HttpRequest) -> HttpResponseBase:
        """Somebody may be signed in, and may see more: what they get is kept nowhere."""
        response = self.get_response(request)
        if hasattr(response, "public_tally"):
            response.headers["Cache-Control"] = "private, no-store"
        return response

    def _address(self, request: HttpRequest) -> str:
        # Hashed because a path may hold characters that a cache key must not.
        return hashlib.sha256(
            f"{request.scheme}|{request.get_host()}|{request.get_full_path()}".encode(
                "utf-8", "surrogatepass"
            )
        ).hexdigest()

    def _keep(self, response: HttpResponseBase, address: str, moment: Moment | None) -> Kept | None:
        tally: Tally | None = getattr(response, "public_tally", None)
        if (
            tally is None
            or response.status_code != 200
            or response.cookies
            or not isinstance(response, HttpResponse)
        ):
            return None
        kept = Kept.of(response, tally, moment)
        if moment:
            self.pages.set(address, kept)
        return kept
