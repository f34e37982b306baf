"""Views of the deployment itself."""

from __future__ import annotations

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from prevention.core.content_version import stored_version
from search.engines import engine

ROBOTS = "User-agent: *\nDisallow: /admin/\nDisallow: /accounts/\nDisallow: /search/\nDisallow: /go/\n"


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 while the database answers, else 503; for the load balancer.

    `search` says which engine answers. Without its server the embedded one does: no reason for a 503.
    """
    try:
        stamp = stored_version().number
    except DatabaseError:
        return JsonResponse({"status": "The database does not answer."}, status=503)
    search = engine().health()
    told = {"engine": search.engine, "ok": search.ok, "documents": search.documents, "detail": search.detail}
    return JsonResponse({"status": "ok", "content_version": stamp, "search": told})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers may read: all pages, no search, no way out."""
    return HttpResponse(ROBOTS, content_type="text/plain")
