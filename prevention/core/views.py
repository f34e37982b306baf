"""The view that serves all pages, and the admin's report on the scheduler."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.views.generic import TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.url_routing import RouteResult
from wagtail.views import serve as wagtail_serve

from prevention.core.models import BasePage
from prevention.core.page_index import page_index
from prevention.core.scheduler import job_states, reader_states


def serve_page(request: HttpRequest, path: str) -> HttpResponseBase:
    """Serve the page at `path` as Wagtail does; a public page is found by one query through the page index.

    Addresses that are not in the index (restricted pages, routes below a page, pages that are gone) are left
    to Wagtail.
    """
    known = page_index()
    entry = known.by_url.get(f"/{path}") if known.one_site else None
    page = entry.model.objects.live().filter(pk=entry.pk).first() if entry else None
    if isinstance(page, BasePage):
        page.is_known_public = True
        # Wagtail's own view uses this route instead of walking the tree.
        request._wagtail_route_for_request = RouteResult(page)  # type: ignore[attr-defined]  # Wagtail's note
    response: HttpResponseBase = wagtail_serve(request, path)
    return response


class ScheduledJobsView(WagtailAdminTemplateMixin, TemplateView):
    """The admin's report: every scheduled job and every reader of the log, with its last run and error."""

    page_title = "Scheduled jobs"
    header_icon = "time"
    template_name = "core/scheduled_jobs.html"
    _show_breadcrumbs = True  # the header shows the title as the last of them

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "jobs": job_states(), "readers": reader_states()}
