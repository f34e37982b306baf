"""The base classes of every endpoint of /api/v1/: anonymous, read-only, JSON, throttled, revalidated by ETag.

They set here what other projects set in REST_FRAMEWORK: global settings break Wagtail's admin (decision 3).
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination, LimitOffsetPagination
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from prevention.delivery.answers import Counts, counted, public
from prevention.delivery.content_version import SITE, Scopes
from prevention.delivery.page_cache import KEPT_STATUSES
from prevention.delivery.throttling import BucketThrottle

ATTRIBUTION = "Candour, CC BY 4.0"
# A partner's cache may serve an answer for a minute without asking again.
PARTNER_CACHE = "public, max-age=60, stale-while-revalidate=600"
LARGEST_OFFSET = 100_000


class Pagination(LimitOffsetPagination):
    """Reads ?limit= (1 to 100, default 50) and ?offset= (0 to 100,000).

    Raises ValidationError (400) for anything else.
    """

    default_limit = 50
    max_limit = 100

    def get_limit(self, request: Request) -> int:
        return _whole_number(request, "limit", self.default_limit, least=1, most=self.max_limit)

    def get_offset(self, request: Request) -> int:
        return _whole_number(request, "offset", 0, least=0, most=LARGEST_OFFSET)


class PublicEndpoint(APIView):
    """The base of every view and viewset of the API.

    `query_parameters` names the parameters that it reads; any other raises ValidationError (400).
    """

    authentication_classes = ()
    permission_classes = ()
    renderer_classes = (JSONRenderer,)
    parser_classes = (JSONParser,)
    pagination_class: type[BasePagination] | None = Pagination
    throttle_scope = "api"
    api_type: ClassVar[str] = ""
    # None: the answer repeats what a reader typed, and must not be cached anywhere.
    cache_control: ClassVar[str | None] = PARTNER_CACHE
    query_parameters: ClassVar[frozenset[str]] = frozenset()
    # The content that its answers show: a change in any other scope keeps the cached ones.
    shown_scopes: ClassVar[Scopes] = SITE

    def get_throttles(self) -> list[BaseThrottle]:
        return [BucketThrottle(self.throttle_scope)]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        unknown = sorted(set(request.query_params) - self.known_parameters())
        if unknown:
            known = ", ".join(sorted(self.known_parameters())) or "none"
            raise ValidationError(
                {name[:40]: f"This is not a parameter here. Known ones: {known}." for name in unknown}
            )

    def known_parameters(self) -> frozenset[str]:
        """Return the names of the query parameters that this request may have."""
        return self.query_parameters

    def counts(self) -> Counts:
        """Return what one answer counts as: (measure, content key, facet) triples."""
        return (("api.serve", self.api_type, ""),)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        answer: Response = super().finalize_response(request, response, *args, **kwargs)
        if answer.status_code not in KEPT_STATUSES:
            return answer
        # Every answer is JSON, whatever Accept says: DRF's Vary: Accept would only split caches.
        answer.headers.pop("Vary", None)
        if self.cache_control:
            return public(
                answer, counts=self.counts(), cache_control=self.cache_control, scopes=self.shown_scopes
            )
        answer.headers["Cache-Control"] = "no-store"
        return counted(answer, self.counts())


LIST_PARAMETERS = frozenset({"limit", "offset"})


def absolute(request: HttpRequest | Request, path: str) -> str:
    """Return `path` with the scheme and host of the request."""
    return request.build_absolute_uri(path)


def _whole_number(request: Request, name: str, default: int, *, least: int, most: int) -> int:
    text = request.query_params.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and least <= int(text) <= most):
        raise ValidationError({name: f"Give a whole number from {least} to {most}."})
    return int(text)
