"""What staff see first in the admin: the pages that wait for a review."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.models import Page
from wagtail.permissions import policy_registry

from prevention.core.review import pages_to_review

ROWS_SHOWN = 10


class ReviewPanel(Component):
    """How many pages are overdue or never reviewed, and those that have waited longest."""

    name = "reviews"
    template_name = "editorial/review_panel.html"
    order = 50

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        """Return the counts, the first rows, and whether to link them: an analyst may look, not edit."""
        rows = pages_to_review()
        user = parent_context["request"].user
        return {
            "overdue": [row for row in rows if row.is_overdue],
            "starter": [row for row in rows if row.is_starter],
            "rows": rows[:ROWS_SHOWN],
            "more": max(0, len(rows) - ROWS_SHOWN),
            "can_edit": policy_registry.get_by_type(Page).user_has_permission(user, "change"),
        }


@hooks.register("construct_homepage_panels")
def add_review_panel(_: HttpRequest, panels: list[Component]) -> None:
    """Put the reviews on the admin's home page."""
    panels.append(ReviewPanel())
