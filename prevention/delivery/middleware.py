"""Middleware for every answer: access log, counting, the security policy by place, caps on what is sent."""

from __future__ import annotations

from collections.abc import Callable

from csp.constants import HEADER, SELF
from csp.middleware import CSPMiddleware, PolicyParts
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.module_loading import import_string

from prevention import clock
from prevention.delivery.access_log import access_log, route_of
from prevention.delivery.answers import Counts, note_of

GetResponse = Callable[[HttpRequest], HttpResponseBase]
CountAnswer = Callable[[HttpRequest, int, Counts], None]
ADMIN = "/admin/"
# The views of Wagtail's admin, for pages and snippets, that answer with a page as readers would see it.
PREVIEWS = frozenset(
    {"preview_on_add", "preview_on_edit", "view_draft", "revisions_view", "workflow_preview"}
)
LONGEST_NUMBER = 13  # digits; no body of ours is a terabyte


class AccessLogMiddleware:
    """Log method, route, status and milliseconds. The server's own log is off: it would hold addresses."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        start = clock.monotonic()
        response = self.get_response(request)
        milliseconds = (clock.monotonic() - start) * 1000
        access_log.info(
            "%s %s %s %.0fms", request.method, route_of(request), response.status_code, milliseconds
        )
        # Wagtail sends the literal header 'Content-Encoding: None' with documents; no browser knows it.
        if response.headers.get("Content-Encoding") == "None":
            del response.headers["Content-Encoding"]
        return response


class CountsMiddleware:
    """Hand what an answer counts as to settings.COUNT_ANSWER, a function of (request, status, counts).

    Stands outside the page cache, so that kept answers and 304s count as what they are: pages read.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.count_answer: CountAnswer = import_string(settings.COUNT_ANSWER)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if counts := note_of(response).counts:
            self.count_answer(request, response.status_code, counts)
        return response


class SecurityPolicyMiddleware(CSPMiddleware):
    """The strict content security policy everywhere, the admin's own one under /admin/ only.

    Stands inside XFrameOptionsMiddleware, which leaves alone the header that is set here. A preview is a page
    that Wagtail renders through all middleware under the page's own path, and then shows in a frame of the
    editor: it keeps the strict policy of the page, except that the admin may frame it.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.path_info.startswith(ADMIN):
            if HEADER in response.headers and _is_preview(request):
                response.headers[HEADER] = build_policy(
                    config=settings.CONTENT_SECURITY_POLICY["DIRECTIVES"], replace={"frame-ancestors": [SELF]}
                )
                response.headers["X-Frame-Options"] = "SAMEORIGIN"
            response.headers.setdefault("X-Frame-Options", "SAMEORIGIN")
        return super().process_response(request, response)

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        if request.path_info.startswith(ADMIN) and not report_only:
            return PolicyParts(config=settings.ADMIN_CONTENT_SECURITY_POLICY)
        return super().get_policy_parts(request, response, report_only)


def _is_preview(request: HttpRequest) -> bool:
    return request.resolver_match is not None and request.resolver_match.url_name in PREVIEWS


class RequestLimitsMiddleware:
    """Refuse bodies that are too large for their place, and paths that no page can have, before any work."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\x00" in request.path_info:  # PostgreSQL refuses a NUL in any text
            return HttpResponse("This address can not exist. Check it and try again.", status=400)
        # Whatever character set a body claims to have: Python knows some that are no text at all.
        request.encoding = "utf-8"
        length = request.META.get("CONTENT_LENGTH") or "0"
        admin = request.path_info.startswith(ADMIN)
        limit = settings.ADMIN_REQUEST_BYTES if admin else settings.PUBLIC_REQUEST_BYTES
        if not (length.isascii() and length.isdecimal() and len(length) < LONGEST_NUMBER):
            return HttpResponse("The Content-Length header must be a whole number.", status=400)
        if int(length) > limit:
            return render(request, "413.html", {"limit": limit}, status=413)
        return self.get_response(request)
