"""The site's addresses, and /hello/, a minimal Django view."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import *  # noqa: F403
from config.urls import urlpatterns as site_urls


def hello(_request: HttpRequest) -> HttpResponse:
    """Say hello."""
    return HttpResponse("Hello, world.", content_type="text/plain")


urlpatterns = [path("hello/", hello), *site_urls]
