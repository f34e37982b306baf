"""What happens when the last step of a workflow is approved.

A file of its own: Wagtail imports it while its models are still being made, so that it may import none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wagtail.models import WorkflowState

    from prevention.users.models import User


def publish_approved(workflow_state: WorkflowState, user: User | None = None) -> None:
    """Publish what has passed every step. WAGTAIL_FINISH_WORKFLOW_ACTION names this function.

    Wagtail's own asks whether the last approver may publish. Ours may not, on their own: the approvals
    together are the permission. What is published is the text that was approved, not a later draft.
    """
    from prevention.editorial.models import claim

    revision = workflow_state.current_task_state.revision
    claim(revision)
    revision.publish(user=user, skip_permission_checks=True)
