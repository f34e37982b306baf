"""The base of every endpoint of /api/v1/: anonymous, read-only, JSON, throttled, revalidated by ETag.

There are no global REST_FRAMEWORK settings, because they break Wagtail's admin (decision 3): what an endpoint
needs stands here.
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

from prevention.core.caching import Tally, public
from prevention.core.throttling import BucketThrottle

ATTRIBUTION = "Candour, CC BY 4.0"
# A partner's cache may hold an answer for a minute; what is withdrawn is gone within it.
PARTNER_CACHE = "public, max-age=60, stale-while-revalidate=600"
LARGEST_OFFSET = 100_000


class Pagination(LimitOffsetPagination):
    """?limit= (1 to 100, default 50) and ?offset=. Raises a 400 with a sentence for anything else."""

    default_limit = 50
    max_limit = 100

    def get_limit(self, request: Request) -> int:
        return _whole_number(request, "limit", self.default_limit, least=1, most=self.max_limit)

    def get_offset(self, request: Request) -> int:
        return _whole_number(request, "offset", 0, least=0, most=LARGEST_OFFSET)


class PublicEndpoint(APIView):
    """Mix into a view or viewset. `query_parameters` names what it reads; any other one is a 400."""

    authentication_classes = ()
    permission_classes = ()
    renderer_classes = (JSONRenderer,)
    parser_classes = (JSONParser,)
    pagination_class: type[BasePagination] | None = Pagination
    throttle_scope = "api"
    api_type: ClassVar[str] = ""
    # None: the answer repeats what somebody typed, and must stay in no cache.
    cache_control: ClassVar[str | None] = PARTNER_CACHE
    query_parameters: ClassVar[frozenset[str]] = frozenset()

    def get_throttles(self) -> list[BaseThrottle]:
        return [BucketThrottle(self.throttle_scope)]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        unknown = sorted(set(request.query_params) - self.query_parameters)
        if unknown:
            known = ", ".join(sorted(self.query_parameters)) or "none"
            raise ValidationError(
                {name[:40]: f"This is not a parameter here. Known ones: {known}." for name in unknown}
            )

    def tally(self) -> Tally:
        """What one answer counts as."""
        return (("api.serve", self.api_type, ""),)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        answer: Response = super().finalize_response(request, response, *args, **kwargs)
        if answer.status_code != 200:
            return answer
        # All answers are JSON for everybody: DRF's Vary on Accept would only split caches.
        answer.headers.pop("Vary", None)
        if self.cache_control:
            return public(answer, tally=self.tally(), cache_control=self.cache_control)
        answer.headers["Cache-Control"] = "no-store"
        answer.tally = self.tally()  # type: ignore[attr-defined]
        return answer


LIST_PARAMETERS = frozenset({"limit", "offset"})


def absolute(request: HttpRequest | Request, path: str) -> str:
    """`path` with the scheme and host that the request came to."""
    return request.build_absolute_uri(path)


def _whole_number(request: Request, name: str, default: int, *, least: int, most: int) -> int:
    text = request.query_params.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and least <= int(text) <= most):
        raise ValidationError({name: f"Give a whole number from {least} to {most}."})
    return int(text)
