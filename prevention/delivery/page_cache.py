"""Caches rendered public answers per content version, and revalidates them by ETag (decisions 6 and 11).

A view marks an answer with `public` (answers.py). The middleware caches it in the worker's memory under its
address, with the day in London (law and alerts change by date) and the version of each scope of content that
it shows. The cached answer is used only while day and versions are the same. It costs one query, for the
version.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

from prevention import clock
from prevention.delivery.answers import Counts, counted, note_of
from prevention.delivery.compression import CODINGS, SMALLEST_COMPRESSED, coding_for, compress
from prevention.delivery.content_version import ContentVersion, Scopes, Seen, content_version, one_version

# What is there, and what is known to be gone.
KEPT_STATUSES = frozenset({200, 410})


@dataclass(frozen=True)
class Moment:
    """The day in London and the version of the content for which an answer is valid."""

    day: datetime.date
    version: ContentVersion

    @classmethod
    def present(cls) -> Moment | None:
        """Return today and the present version; None when the database does not answer."""
        try:
            return cls(clock.today(), content_version())
        except DatabaseError:
            return None  # the view meets the same error and answers it; the health check does so with a 503


@dataclass(frozen=True)
class KeptAnswer:
    """A rendered answer: body, compressed bodies, ETag, headers, scopes and counts.

    `compressed` is {content coding: body}; empty when the answer is not cached or is under 1,000 bytes. `day`
    and `seen` are the day and the versions for which the answer was made. `status` is 200, or 410 for what is
    gone.
    """

    body: bytes
    compressed: dict[str, bytes]
    etag: str
    headers: tuple[tuple[str, str], ...]
    scopes: Scopes
    counts: Counts = ()
    day: datetime.date | None = None
    seen: Seen = ()
    status: int = 200

    @classmethod
    def of(cls, response: HttpResponse, moment: Moment | None) -> KeptAnswer:
        """Return the kept form of a rendered answer made at `moment` (None: it will not be cached)."""
        body = response.content
        compressed = {}
        if moment and len(body) >= SMALLEST_COMPRESSED:
            compressed = {coding: compress(body, coding, small=True) for coding in CODINGS}
        headers = tuple((k, v) for k, v in response.headers.items() if k != "Content-Length")
        # A weak ETag, because the compressed and the plain body are the same page but not the same bytes.
        etag = f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'
        note = note_of(response)
        day, seen = (moment.day, moment.version.of(note.scopes)) if moment else (None, ())
        status = response.status_code
        return cls(body, compressed, etag, headers, note.scopes, note.counts, day, seen, status)

    def holds(self, moment: Moment) -> bool:
        """Return whether the answer is still valid at `moment`."""
        return self.day == moment.day and self.seen == moment.version.of(self.scopes)

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        """Return the response to a request: 304 when its If-None-Match has the ETag, else the body.

        The body is compressed when the browser accepts it and there are 1,000 bytes or more.
        """
        headers = dict(self.headers)
        coding = coding_for(request.headers.get("Accept-Encoding", ""))
        if len(self.body) < SMALLEST_COMPRESSED:
            coding = None
        response: HttpResponse
        # What is gone is said each time: a 304 would confirm what the browser has kept.
        if self.status == 200 and self.etag in parse_etags(request.headers.get("If-None-Match", "")):
            response = HttpResponseNotModified(headers={"Cache-Control": headers["Cache-Control"]})
        elif coding:
            body = self.compressed.get(coding) or compress(self.body, coding, small=False)
            headers["Content-Encoding"] = coding
            response = HttpResponse(body, status=self.status, headers=headers)
        else:
            response = HttpResponse(self.body, status=self.status, headers=headers)
        response.headers["ETag"] = self.etag
        patch_vary_headers(response, ("Accept-Encoding",))
        return counted(response, self.counts)


class PageCacheMiddleware:
    """Answers GET and HEAD without a session cookie from the cache, and caches what views mark as public."""

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
        # The version is read before rendering, so that a change during rendering makes the answer outdated.
        moment = Moment.present()
        address = self._address(request)
        kept: KeptAnswer | None = self.pages.get(address) if moment else None
        if moment is None or kept is None or not kept.holds(moment):
            response = self.get_response(request)
            # Addresses with a query only when the view allows it: anyone could fill the memory with others.
            keep = not request.META.get("QUERY_STRING") or note_of(response).keeps_query
            kept = self._keep(response, address, moment if keep else None)
            if kept is None:
                return response
        return kept.answer(request)

    def _for_staff(self, request: HttpRequest) -> HttpResponseBase:
        """Return the answer to somebody who may be signed in and may see more; it is not cached anywhere."""
        response = self.get_response(request)
        if note_of(response).is_public:
            response.headers["Cache-Control"] = "private, no-store"
        return response

    def _address(self, request: HttpRequest) -> str:
        # Hashed because a path may hold characters that are not allowed in a cache key.
        return hashlib.sha256(
            f"{request.scheme}|{request.get_host()}|{request.get_full_path()}".encode(
                "utf-8", "surrogatepass"
            )
        ).hexdigest()

    def _keep(self, response: HttpResponseBase, address: str, moment: Moment | None) -> KeptAnswer | None:
        if (
            not note_of(response).is_public
            or response.status_code not in KEPT_STATUSES
            or response.cookies
            or not isinstance(response, HttpResponse)
        ):
            return None
        kept = KeptAnswer.of(response, moment)
        if moment:
            self.pages.set(address, kept)
        return kept
