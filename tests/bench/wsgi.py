"""The site's application, except that /bare/hello/ reaches its view without any middleware.

Others quote this as "Django hello world"; /hello/ passes the site's own middleware.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")

from django.core.handlers.wsgi import WSGIHandler
from django.test.utils import override_settings

from config.wsgi import application as site

with override_settings(MIDDLEWARE=[]):  # a handler reads the list once, when it is made
    bare = WSGIHandler()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer with the bare handler under /bare, else with the site."""
    if environ["PATH_INFO"] == "/bare/hello/":
        return bare({**environ, "PATH_INFO": "/hello/"}, start_response)
    return site(environ, start_response)
