"""Adds the review panel and the attention report to the admin, and the lock before bulk actions.

The hooks of facts are in `fact_actions`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse, reverse_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.userbar import BaseItem, ContentCheckerItem
from wagtail.models import Page
from wagtail.permissions import policy_registry

from prevention.core.models import BasePage
from prevention.core.publishing import PublishingRefusedError
from prevention.core.review import pages_to_review
from prevention.editorial import fact_actions  # noqa: F401  # registers its hooks
from prevention.editorial.decisions import asked_for, decided_in_form, drop_actions
from prevention.editorial.deletion import refuse_in_bulk, refuse_page, refuse_snippets
from prevention.editorial.locks import lock_chosen
from prevention.editorial.views import AttentionReportView
from prevention.editorial.withdrawal import WithdrawalBulkAction, WithdrawingPageViewSet

ROWS_SHOWN = 10

hooks.register("before_bulk_action", lock_chosen)
hooks.register("before_bulk_action", refuse_in_bulk)
hooks.register("before_delete_page", refuse_page)
hooks.register("before_delete_snippet", refuse_snippets)
# After Wagtail's own, in the place of which it is then used.
hooks.register("register_bulk_action", WithdrawalBulkAction, order=100)


@hooks.register("register_admin_viewset", order=100)
def page_viewset() -> WithdrawingPageViewSet:
    """Return our screens for pages, which take the place of Wagtail's."""
    return WithdrawingPageViewSet()


@hooks.register("before_bulk_action")
def refuse_bulk_publishing(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    """Publish nothing in bulk if a page of it may not be published, and say of each such page why."""
    if action_type != "publish":
        return None
    refused = [(page, errors) for page in _to_be_published(objects, action) if (errors := page.refusals())]
    for page, errors in refused:
        button = messages.button(reverse("wagtailadmin_pages:edit", args=[page.pk]), "Edit")
        messages.error(request, PublishingRefusedError(page, errors).sentence, buttons=[button])
    if refused:
        messages.warning(request, "None of the chosen pages was published.")
        return HttpResponseRedirect(action.next_url)
    return None


def _to_be_published(objects: list[Any], action: Any) -> Iterator[BasePage]:
    """Yield the pages that a bulk action is to publish, as they would be: the latest draft of each."""
    for page in objects:
        below = (
            page.get_descendants().not_live().specific()
            if action.cleaned_form.cleaned_data.get("include_descendants")
            else ()
        )
        for chosen in (page, *below):
            draft = chosen.get_latest_revision_as_object()
            if isinstance(draft, BasePage):
                yield draft


class ReviewPanel(Component):
    """The panel on the admin's home page: overdue and unreviewed pages, the longest overdue first."""

    name = "reviews"
    template_name = "editorial/review_panel.html"
    order = 230  # below what waits for the person at the desk (210, 220)

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        """Return the overdue and starter pages, the first ten, and whether the user may edit pages."""
        rows = pages_to_review()
        user = parent_context["request"].user
        return {
            "overdue": [row for row in rows if row.is_overdue],
            "starter": [row for row in rows if row.is_starter],
            "rows": rows[:ROWS_SHOWN],
            "more": max(0, len(rows) - ROWS_SHOWN),
            "can_edit": policy_registry.get_by_type(Page).user_has_permission(user, "change"),
        }


@hooks.register("before_edit_page")
def decide_without_content(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Let an autosave run no action, and let a decision on a step post no content."""
    if request.method != "POST":
        return None
    if request.headers.get("Accept", "").startswith("application/json"):
        drop_actions(request)
        return None
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    return decided_in_form(request, page, address) if request.POST.get("action-workflow-action") else None


@hooks.register("before_edit_page")
def show_what_was_asked_for(request: HttpRequest, page: Page) -> None:
    """Show the editor of a page that was sent back what has to change, where they work."""
    if request.method == "GET" and (asked := asked_for(page)):
        messages.warning(request, asked)


@hooks.register("construct_homepage_panels")
def add_review_panel(_: HttpRequest, panels: list[Component]) -> None:
    """Add the review panel to the admin's home page."""
    panels.append(ReviewPanel())


@hooks.register("construct_wagtail_userbar")
def check_what_editors_write(_: HttpRequest, items: list[BaseItem], page: Page | None) -> None:
    """Let the content checks of a preview look at the page's own content, and not at what surrounds it."""
    for item in items:
        if isinstance(item, ContentCheckerItem):
            item.axe_include = ["main"]


@hooks.register("register_admin_urls")
def attention_url() -> list[URLPattern]:
    """Return the URL patterns of the attention report: the page, and its rows alone for Wagtail's scripts."""
    return [
        path("reports/attention/", AttentionReportView.as_view(), name="needs_attention"),
        path(
            "reports/attention/results/",
            AttentionReportView.as_view(results_only=True),
            name="needs_attention_results",
        ),
    ]


@hooks.register("register_reports_menu_item")
def attention_menu_item() -> MenuItem:
    """Return the attention report's item in the menu Reports, where it is listed first."""
    return MenuItem("Needs attention", reverse_lazy("needs_attention"), icon_name="warning", order=50)
