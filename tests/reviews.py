"""Pages that have been through a review, without walking through its steps."""

from __future__ import annotations

from prevention.core.models import BasePage
from prevention.editorial.models import SignOff


def signed(page: BasePage, role: str) -> None:
    """Record that somebody in this role has approved the page as it is live, and let the page say so."""
    SignOff.objects.create(
        base_content_type=page.get_base_content_type(),
        object_id=str(page.pk),
        step="Clinical review",
        role=role,
        completes=True,
    )
    page.reviewer_role = role
    page.reviewed_revision = page.live_revision_id
    page.save()
