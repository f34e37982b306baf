"""The door to the page tree."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from wagtail.url_routing import RouteResult
from wagtail.views import serve as wagtail_serve

from prevention.core.models import BasePage
from prevention.core.places import places


def serve_page(request: HttpRequest, path: str) -> HttpResponseBase:
    """Serve a page as Wagtail does, found by one query when it is public and its address is exact.

    What is not in the table of places (private pages, pages with addresses of their own below them, pages
    that are gone) is found by Wagtail itself.
    """
    known = places()
    place = known.by_url.get(f"/{path}") if known.one_site else None
    page = place.model.objects.live().filter(pk=place.pk).first() if place else None
    if isinstance(page, BasePage):
        page.is_known_public = True
        # Wagtail looks here first, so that middleware and view route once.
        request._wagtail_route_for_request = RouteResult(page)  # type: ignore[attr-defined]  # Wagtail's note
    response: HttpResponseBase = wagtail_serve(request, path)
    return response
