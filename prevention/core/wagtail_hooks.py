"""Adds the report on scheduled jobs to the admin, and logs a bulk action that sends no signals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogActionRegistry, LogFormatter
from wagtail.models import BaseLogEntry

from prevention.core.change_log import add_lines, line_of
from prevention.core.models import EXPLAINED, Action, LoggedModel
from prevention.core.schedules import REFUSED
from prevention.core.views import ScheduledJobsView


@hooks.register("register_admin_urls")
def jobs_url() -> list[URLPattern]:
    """Return the URL pattern of the report, /admin/reports/jobs/."""
    return [path("reports/jobs/", ScheduledJobsView.as_view(), name="scheduled_jobs")]


@hooks.register("register_log_actions")
def log_actions_with_a_reason(actions: LogActionRegistry) -> None:
    """Show in a page's history that it was refused on its date, and what was said of a version."""

    @actions.register_action(REFUSED)
    class Refused(LogFormatter):
        label = "Refused"

        def format_message(self, log_entry: BaseLogEntry) -> str:
            return f"Refused on its date: {log_entry.data.get('reason', '')}"

    @actions.register_action(EXPLAINED)
    class Explained(LogFormatter):
        label = "What changed"

        def format_message(self, log_entry: BaseLogEntry) -> str:
            return f"What changed: {log_entry.data.get('reason', '')}"


@hooks.register("register_reports_menu_item")
def jobs_menu_item() -> MenuItem:
    """Return the report's item in the menu Reports."""
    return MenuItem("Scheduled jobs", reverse_lazy("scheduled_jobs"), icon_name="time", order=60)


@hooks.register("after_bulk_action")
def log_bulk_action(
    request: HttpRequest, action_type: str, objects: Iterable[Model], action: Any, **kwargs: Any
) -> None:
    """Log files that were moved to another collection, which Wagtail updates in bulk without saving them."""
    if action_type == "add_to_collection":
        add_lines(line_of(row, Action.UPDATED) for row in objects if isinstance(row, LoggedModel))
