"""Views of the deployment itself."""

from __future__ import annotations

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from prevention.core.models import ContentStamp

ROBOTS = "User-agent: *\nDisallow: /admin/\nDisallow: /accounts/\nDisallow: /search/\nDisallow: /go/\n"


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 while the database answers, else 503; for the load balancer."""
    try:
        stamp = ContentStamp.current()
    except DatabaseError:
        return JsonResponse({"status": "The database does not answer."}, status=503)
    return JsonResponse({"status": "ok", "content_version": stamp})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers may read: all pages, no search, no way out."""
    return HttpResponse(ROBOTS, content_type="text/plain")
