"""Middleware for every answer: access log, counting, content security policy, limits on requests."""

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
LONGEST_NUMBER = 13  # digits of a Content-Length


class AccessLogMiddleware:
    """Logs method, route, status and milliseconds of each request (decision 19).

    The server's own log is off because it would hold addresses.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        start = clock.monotonic()
        response = self.get_response(request)
        milliseconds = (clock.monotonic() - start) * 1000
        access_log.info(
            "%s %s %s %.0fms", request.method, route_of(request), response.status_code, milliseconds
        )
        # Wagtail sends documents with the header 'Content-Encoding: None', which is not a valid coding.
        if response.headers.get("Content-Encoding") == "None":
            del response.headers["Content-Encoding"]
        return response


class CountsMiddleware:
    """Calls settings.COUNT_ANSWER with (request, status, counts) for every answer that counts as something.

    It wraps the page cache, so that cached answers and 304s are counted as well.
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
    """Sends the strict content security policy, and the admin's own policy under /admin/ only.

    It is listed after XFrameOptionsMiddleware, which keeps the X-Frame-Options that is set here. A preview is
    a page that Wagtail renders through all middleware under the page's own path, and then shows in a frame of
    the editor: it keeps the strict policy of the page, except that the admin may frame it.
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
    """Refuses requests whose body is too large (413), or whose path or Content-Length is not valid (400)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\x00" in request.path_info:  # PostgreSQL refuses a NUL in any text
            return HttpResponse("This address can not exist. Check it and try again.", status=400)
        # Ignore the character set that a request claims: some of Python's codecs do not decode to text.
        request.encoding = "utf-8"
        length = request.META.get("CONTENT_LENGTH") or "0"
        admin = request.path_info.startswith(ADMIN)
        limit = settings.ADMIN_REQUEST_BYTES if admin else settings.PUBLIC_REQUEST_BYTES
        if not (length.isascii() and length.isdecimal() and len(length) < LONGEST_NUMBER):
            return HttpResponse("The Content-Length header must be a whole number.", status=400)
        if int(length) > limit:
            return render(request, "413.html", {"limit": limit}, status=413)
        return self.get_response(request)
