"""The pages that need a review: starter content without a reviewer, and pages past their review date."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.apps import apps
from django.urls import reverse

from prevention.core.models import BasePage


@dataclass(frozen=True)
class ReviewRow:
    """A live page that needs a review: title, address in the admin, due date, and why it is listed."""

    title: str
    edit_url: str
    next_review: datetime.date | None
    is_starter: bool
    is_overdue: bool


def page_models() -> list[type[BasePage]]:
    """Return every page type of ours that is not abstract."""
    return [model for model in apps.get_models() if issubclass(model, BasePage) and not model._meta.abstract]


def pages_to_review() -> list[ReviewRow]:
    """Return the live pages that are overdue or not clinically reviewed, the longest overdue first."""
    rows = [
        ReviewRow(
            title=page.title,
            edit_url=reverse("wagtailadmin_pages:edit", args=[page.pk]),
            next_review=page.next_review,
            is_starter=page.is_starter,
            is_overdue=page.is_overdue,
        )
        for model in page_models()
        for page in model.objects.live().only("pk", "title", "next_review", "reviewer_role", "page_ptr_id")
        if page.is_starter or page.is_overdue
    ]
    return sorted(rows, key=lambda row: (not row.is_overdue, row.next_review or datetime.date.max, row.title))
