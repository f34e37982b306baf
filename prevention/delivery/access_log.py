"""Loggers whose lines hold nothing about a reader: no address, query, path or user agent (decision 19)."""

from __future__ import annotations

import logging
import traceback
from typing import Any

from django.http import HttpRequest

access_log = logging.getLogger("candour.access")


def route_of(request: HttpRequest) -> str:
    """Return the name of the request's route, such as 'wagtail_serve' for '/drugs/'; '-' when it has none.

    The path itself is never returned.
    """
    match = getattr(request, "resolver_match", None)
    if match is None:
        return "-"
    return match.view_name or match.route or "-"


class PrivateFormatter(logging.Formatter):
    """A formatter that logs the frames and the type of an exception, but not its message.

    A message can quote what a reader typed: "invalid literal for int(): '...'" (decision 22).
    """

    def formatException(self, ei: Any) -> str:  # noqa: N802  (the name that logging calls)
        kind, _, trace = ei
        frames = "".join(traceback.format_tb(trace)).rstrip()
        return f"Traceback (most recent call last):\n{frames}\n{kind.__module__}.{kind.__qualname__}"


class PrivacyFilter(logging.Filter):
    """A filter that replaces messages of Django's request, security and server loggers, which hold paths.

    A path can hold whatever a reader typed. The new message has the logger's name, the route and the status;
    the traceback of an error is kept.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith(("django.request", "django.security", "django.server")):
            request = getattr(record, "request", None)
            route = route_of(request) if isinstance(request, HttpRequest) else "-"
            record.msg = "%s on route %s, status %s"
            record.args = (record.name, route, getattr(record, "status_code", "-"))
            if record.name.startswith("django.security"):
                # The exception's message repeats what was sent, such as a false host name.
                record.exc_info = record.exc_text = None
        return True
