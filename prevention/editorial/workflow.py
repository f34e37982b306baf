"""Publishes a page when the last step of its workflow is approved.

Wagtail imports this module while models are being loaded, so it must not import any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wagtail.models import WorkflowState

    from prevention.users.models import User


def publish_approved(workflow_state: WorkflowState, user: User | None = None) -> None:
    """Publish the latest revision of a page that has passed every step (WAGTAIL_FINISH_WORKFLOW_ACTION).

    Wagtail's own action requires that the last approver may publish. Our reviewers may not: the two approvals
    together are the permission. What is published is the text that was approved, not a later draft.
    """
    from prevention.editorial.models import claim

    revision = workflow_state.current_task_state.revision
    claim(revision)
    revision.publish(user=user, skip_permission_checks=True)
