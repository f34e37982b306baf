"""Views for monitors and crawlers: /healthz/ and /robots.txt."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from prevention.core.scheduler import JobState, ReaderState, job_states, reader_states
from prevention.delivery.content_version import stored_version
from search.engines import engine

ROBOTS = "User-agent: *\nDisallow: /admin/\nDisallow: /accounts/\nDisallow: /search/\nDisallow: /go/\n"


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Answer with 200 while the database answers, else 503, for load balancers and monitors.

    `search` names the engine that answers; a search server that is down is no reason for a 503, since the
    embedded engine answers then. `jobs` and `readers` say when each last ran and whether it failed; the text
    of an error is for staff only (Reports > Scheduled jobs).
    """
    try:
        stamp = stored_version().number
    except DatabaseError:
        return JsonResponse({"status": "The database does not answer."}, status=503)
    search = engine().health()
    told = {"engine": search.engine, "ok": search.ok, "documents": search.documents, "detail": search.detail}
    return JsonResponse(
        {
            "status": "ok",
            "content_version": stamp,
            "search": told,
            "jobs": [_job(state) for state in job_states()],
            "readers": [_reader(state) for state in reader_states()],
        }
    )


def _job(state: JobState) -> dict[str, Any]:
    run = state.run
    return {
        "name": state.job.name,
        "last_run": run and run.started_at,
        "last_success": run and run.succeeded_at,
        "next_run": run and run.next_at,
        "failed": bool(run and run.error),
        "overdue": state.is_overdue,
    }


def _reader(state: ReaderState) -> dict[str, Any]:
    row = state.row
    return {"name": row.name, "read_at": row.read_at, "behind": state.behind, "failed": bool(row.error)}


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Answer with robots.txt: crawlers may read all pages, but not the admin, accounts, search and /go/."""
    return HttpResponse(ROBOTS, content_type="text/plain")
