"""What the admin offers for facts: the actions of their form, the panel and report of urgent publications."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse, reverse_lazy
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.log_actions import LogActionRegistry, LogFormatter
from wagtail.models import BaseLogEntry
from wagtail.snippets.action_menu import ActionMenuItem

from prevention.core.models import Fact
from prevention.editorial.models import SignOffError, UrgentPublication
from prevention.editorial.urgent import CONFIRMED, URGENT, confirm, may_publish, why_not_confirm

ROWS_SHOWN = 100


class UrgentMenuItem(ActionMenuItem):
    """The way to the urgent route, for those who may take it, while there is a draft."""

    order = 80
    label = "Publish now: urgent"
    name = "urgent"
    icon_name = "warning"

    def is_shown(self, context: dict[str, Any]) -> bool:
        fact = context.get("instance")
        return bool(
            context["view"] == "edit"
            and fact is not None
            and (fact.has_unpublished_changes or not fact.live)
            and may_publish(context["request"].user, fact)
        )

    def get_url(self, parent_context: dict[str, Any]) -> str:
        fact = parent_context["instance"]
        return reverse(fact.snippet_viewset.get_url_name("urgent"), args=[fact.pk])


@hooks.register("register_snippet_action_menu_item")
def urgent_menu_item(model: type[Model]) -> ActionMenuItem | None:
    """Return the way to the urgent route for facts, and nothing for plain snippets."""
    return UrgentMenuItem() if issubclass(model, Fact) else None


@hooks.register("construct_snippet_action_menu")
def no_plain_publishing(menu_items: list[ActionMenuItem], _: HttpRequest, context: dict[str, Any]) -> None:
    """Take away the button that publishes a fact without a review."""
    if issubclass(context["model"], Fact):
        menu_items[:] = [item for item in menu_items if item.name != "action-publish"]


def rows_for(user: Any, publications: Any) -> list[dict[str, Any]]:
    """Return what a list of urgent publications shows to `user`: row, where to edit, may they confirm."""
    finder = AdminURLFinder(user)
    return [
        {
            "row": row,
            "edit_url": finder.get_edit_url(row.content_object) if row.content_object else None,
            "may_confirm": not why_not_confirm(row, user),
        }
        for row in publications.select_related("user", "confirmed_by")
    ]


class UrgentPanel(Component):
    """The panel on the home page of moderators: what was published urgently and waits for a second person."""

    name = "urgent"
    template_name = "editorial/urgent_panel.html"
    order = 10

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        """Return the owed confirmations of facts that the user may publish, the overdue ones first."""
        user = parent_context["request"].user
        rows = rows_for(user, UrgentPublication.objects.owed())
        facts = [row["row"].content_object for row in rows]
        return {
            "rows": [row for row, fact in zip(rows, facts, strict=True) if fact and may_publish(user, fact)],
            "request": parent_context["request"],
        }


@hooks.register("construct_homepage_panels")
def add_urgent_panel(_: HttpRequest, panels: list[Component]) -> None:
    """Add the panel of urgent publications to the admin's home page; it is empty while nothing waits."""
    panels.append(UrgentPanel())


class UrgentReportView(WagtailAdminTemplateMixin, TemplateView):
    """The report on urgent publications: what waits for a second person first, then the last ones."""

    page_title = "Published urgently"
    header_icon = "warning"
    template_name = "editorial/urgent_report.html"
    _show_breadcrumbs = True

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        owed = rows_for(self.request.user, UrgentPublication.objects.owed())
        waiting = [row["row"].pk for row in owed]
        others = UrgentPublication.objects.exclude(pk__in=waiting)[:ROWS_SHOWN]
        return {**super().get_context_data(**kwargs), "rows": [*owed, *rows_for(self.request.user, others)]}


@require_POST
def confirm_urgent(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm the urgent publication `pk` as the second person, or say why that may not be."""
    publication = get_object_or_404(UrgentPublication, pk=pk)
    try:
        confirm(publication=publication, user=request.user)
    except SignOffError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"You have confirmed '{publication.title}'.")
    return HttpResponseRedirect(get_valid_next_url_from_request(request) or reverse("urgent_publications"))


@hooks.register("register_admin_urls")
def urgent_urls() -> list[URLPattern]:
    """Return the URL patterns of the report and of the button to confirm."""
    return [
        path("reports/urgent/", UrgentReportView.as_view(), name="urgent_publications"),
        path("reports/urgent/<int:pk>/confirm/", confirm_urgent, name="confirm_urgent"),
    ]


@hooks.register("register_reports_menu_item")
def urgent_report_item() -> MenuItem:
    """Return the report's item in the menu Reports."""
    return MenuItem("Published urgently", reverse_lazy("urgent_publications"), icon_name="warning", order=55)


@hooks.register("register_log_actions")
def urgent_log_actions(actions: LogActionRegistry) -> None:
    """Show in the history of a fact that it was published urgently and why, and who confirmed it."""

    @actions.register_action(URGENT)
    class Urgent(LogFormatter):
        label = "Published urgently"

        def format_message(self, log_entry: BaseLogEntry) -> str:
            return f"Published urgently: {log_entry.data.get('reason', '')}"

    actions.register_action(CONFIRMED, "Confirmed", "Confirmed what was published urgently")
