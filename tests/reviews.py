"""Pages that have been through a review, without walking through its steps."""

from __future__ import annotations

from prevention.core.models import BasePage
from prevention.editorial.models import SignOff


def signed(page: BasePage, role: str) -> None:
    """Record that somebody in this role has approved the page as it is live, and let the page say so."""
    SignOff.objects.create(page_id=page.pk, step="Clinical review", role=role, completes=True)
    page.reviewer_role = role
    page.reviewed_revision = page.live_revision_id
    page.save()
