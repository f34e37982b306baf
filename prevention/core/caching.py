"""Public answers are kept rendered, per version of the content, and revalidated by ETag (decision 6).

A view marks an answer with `public`. The middleware keeps it in the worker's memory under the path, the day
in London (law and alerts change by date) and the content stamp, so a change of content or of the day makes a
new key and nothing has to be purged. A warm page costs one query: the stamp.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

# (measure, content key, facet): what prevention.engagement is to count for this answer.
Tally = tuple[tuple[str, str, str], ...]
Response = TypeVar("Response", bound=HttpResponseBase)

SMALLEST_COMPRESSED = 1_000  # bytes; below this gzip gains nothing


def counted(response: Response, tally: Tally) -> Response:
    """Note on an answer what its delivery counts as; prevention.engagement reads the note."""
    response.tally = tally  # type: ignore[attr-defined]  # Django answers carry notes as attributes
    return response


def public(response: Response, *, tally: Tally = (), cache_control: str = "no-cache") -> Response:
    """Mark an answer as the same for everyone, to be kept and revalidated.

    `tally` is what one delivery of it counts as; `cache_control` is the header for the reader's browser. The
    default makes a browser ask again every time, which is what lets a withdrawn page vanish at once.
    """
    response.public_tally = tally  # type: ignore[attr-defined]  # Django answers carry notes as attributes
    response.headers["Cache-Control"] = cache_control
    return response


@dataclass(frozen=True)
class Kept:
    """A rendered answer: body bytes, the same gzipped, an ETag, the headers it had, what it counts as."""

    body: bytes
    gzipped: bytes | None
    etag: str
    headers: tuple[tuple[str, str], ...]
    tally: Tally = field(default=())

    @classmethod
    def of(cls, response: HttpResponse, tally: Tally) -> Kept:
        """Keep a rendered 200 answer."""
        body = response.content
        # mtime=0: the same page gives the same bytes on every worker.
        gzipped = gzip.compress(body, 6, mtime=0) if len(body) >= SMALLEST_COMPRESSED else None
        headers = tuple((k, v) for k, v in response.headers.items() if k != "Content-Length")
        # Weak: the gzipped and the plain body are the same page, not the same bytes.
        etag = f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'
        return cls(body, gzipped, etag, headers, tally)

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        """The answer to one request: 304 when the reader has it, gzipped when the reader takes that."""
        headers = dict(self.headers)
        response: HttpResponse
        if self.etag in parse_etags(request.headers.get("If-None-Match", "")):
            response = HttpResponseNotModified(headers={"Cache-Control": headers["Cache-Control"]})
        elif self.gzipped is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
            response = HttpResponse(self.gzipped, headers={**headers, "Content-Encoding": "gzip"})
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
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            return self._for_staff(request)
        # An address with a query is answered, never kept: anyone could fill the memory with them.
        key = None if request.META.get("QUERY_STRING") else self._key(request)
        kept: Kept | None = self.pages.get(key) if key else None
        if kept is None:
            response = self.get_response(request)
            kept = self._keep(response, key)
            if kept is None:
                return response
        return kept.answer(request)

    def _for_staff(self, request: HttpRequest) -> HttpResponseBase:
        """Somebody may be signed in, and may see more: what they get is kept nowhere."""
        response = self.get_response(request)
        if hasattr(response, "public_tally"):
            response.headers["Cache-Control"] = "private, no-store"
        return response

    def _key(self, request: HttpRequest) -> str | None:
        from prevention.core.models import ContentStamp  # models are not loaded when middleware is imported

        try:
            version = ContentStamp.current()
        except DatabaseError:
            return None  # the view will say so in its own way; the health check needs to
        # Hashed because a path may hold characters that a cache key must not.
        place = hashlib.sha256(
            f"{request.scheme}|{request.get_host()}|{request.path}".encode("utf-8", "surrogatepass")
        ).hexdigest()
        return f"{version}|{timezone.localdate():%Y%m%d}|{place}"

    def _keep(self, response: HttpResponseBase, key: str | None) -> Kept | None:
        tally: Tally | None = getattr(response, "public_tally", None)
        if (
            tally is None
            or response.status_code != 200
            or response.cookies
            or not isinstance(response, HttpResponse)
        ):
            return None
        kept = Kept.of(response, tally)
        if key:
            self.pages.set(key, kept)
        return kept
