"""Logs that hold nothing about a reader: no address, no query, no typed path, no user agent."""

from __future__ import annotations

import logging
import traceback
from typing import Any

from django.http import HttpRequest

access_log = logging.getLogger("candour.access")


def route_of(request: HttpRequest) -> str:
    """The pattern that answered, for example '/drugs/' -> 'wagtail_serve', never the path that was typed."""
    match = getattr(request, "resolver_match", None)
    if match is None:
        return "-"
    return match.view_name or match.route or "-"


class PrivateFormatter(logging.Formatter):
    """A traceback with its frames and the type of the error, without the error's words.

    An exception can quote anything that was typed: "invalid literal for int(): '...'".
    """

    def formatException(self, ei: Any) -> str:  # noqa: N802  (the name that logging calls)
        kind, _, trace = ei
        frames = "".join(traceback.format_tb(trace)).rstrip()
        return f"Traceback (most recent call last):\n{frames}\n{kind.__module__}.{kind.__qualname__}"


class PrivacyFilter(logging.Filter):
    """Replace the messages of Django's request and security loggers, which print paths and host names.

    A path can hold whatever somebody typed. What is left is the kind of event, the route and the status;
    the traceback of an error stays.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith(("django.request", "django.security", "django.server")):
            request = getattr(record, "request", None)
            route = route_of(request) if isinstance(request, HttpRequest) else "-"
            record.msg = "%s on route %s, status %s"
            record.args = (record.name, route, getattr(record, "status_code", "-"))
            if record.name.startswith("django.security"):
                # Its message repeats what was sent, such as a false host name.
                record.exc_info = record.exc_text = None
        return True
