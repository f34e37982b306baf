"""Answers former addresses of pages, in place of a 404."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from wagtail.contrib.redirects.middleware import get_redirect
from wagtail.contrib.redirects.models import Redirect

from prevention.core.addresses import Tombstone, grave_of, left_behind
from prevention.core.links import is_answered
from prevention.core.page_index import PageEntry, page_index
from prevention.delivery.answers import public


class FormerAddressMiddleware:
    """Leads from an address that a page has left to where it is now, or tells that it is gone (410).

    Redirects are temporary: a browser keeps a permanent one for ever, and could not come back to a page that
    got its former slug again. They lead to what is public only. Redirects that somebody made by hand in the
    admin come after the pages' own former addresses.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code != 404 or request.method not in {"GET", "HEAD"} or "\0" in request.path:
            return response
        return lead_on(request, left_behind(request.path)) or _made_by_hand(request) or response


def lead_on(request: HttpRequest, way: PageEntry | Tombstone | None) -> HttpResponseBase | None:
    """Return a redirect to a page, or the page about one that is gone; None when there is no way on."""
    if isinstance(way, PageEntry):
        return HttpResponseRedirect(way.url)
    if way is not None:
        return public(render(request, "core/gone.html", {"gone": way}, status=410))
    return None


def _made_by_hand(request: HttpRequest) -> HttpResponseBase | None:
    path = Redirect.normalise_path(request.get_full_path(), decode_unicode=False)
    found = get_redirect(request, path) or get_redirect(request, urlsplit(path).path)
    if found is None:
        return None
    if found.redirect_page_id:
        page = found.redirect_page_id
        return lead_on(request, page_index().by_id.get(page) or grave_of(page))
    target = urlsplit(found.redirect_link)
    leads = target.netloc not in {"", request.get_host()} or is_answered(target.path)
    return HttpResponseRedirect(found.redirect_link) if leads else None
