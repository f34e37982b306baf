"""Sign-off: a step of the workflow that only somebody else may approve, and the record that it writes."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from wagtail.models import AbstractGroupApprovalTask, Page, Revision, TaskState

from prevention import clock
from prevention.core.models import BasePage
from prevention.editorial.locks import lock_content


class SignOffError(Exception):
    """Somebody may not decide a step, or not in this way. The message says why and what to do."""


class SignOffQuerySet(models.QuerySet["SignOff"]):
    """Reads of sign-offs."""

    def for_instance(self, instance: Any) -> SignOffQuerySet:
        """Return the sign-offs of the texts of one page or one fact."""
        return self.filter(base_content_type=instance.get_base_content_type(), object_id=str(instance.pk))


class SignOff(models.Model):
    """One approval: of which text, at which step, by whom in which role, and when. Written by the approval.

    `completes`: it was the last step, so that this text is the approved one. What has a sign-off is
    withdrawn, and never deleted.
    """

    # What it is about, a page or a fact, in Wagtail's names.
    base_content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.CharField(max_length=255)
    revision = models.ForeignKey(Revision, null=True, on_delete=models.SET_NULL, related_name="+")
    step = models.CharField(max_length=255)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="sign_offs"
    )
    role = models.CharField(max_length=120)
    at = models.DateTimeField(default=clock.now)
    next_review = models.DateField(null=True)
    completes = models.BooleanField(default=False)

    objects = SignOffQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        indexes = (models.Index(fields=("base_content_type", "object_id"), name="sign_offs_by_text"),)

    def __str__(self) -> str:
        return f"{self.step} of {self.base_content_type.model} {self.object_id} by {self.role}"


class SignOffTask(AbstractGroupApprovalTask):
    """A step that a member of its groups approves who has written none of the text."""

    class Meta:
        verbose_name = "sign-off"
        verbose_name_plural = "sign-offs"

    @classmethod
    def get_description(cls) -> str:
        return "Members of the chosen groups approve it, unless they wrote part of the text themselves"

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, str, bool]]:
        """Return what `user` may do now: nothing for those who wrote the text or took the step before."""
        if not super().get_actions(obj, user):
            return []
        reject = ("reject", "Request changes", True)
        if why_not(obj.current_workflow_task_state, user):
            return [reject]
        return [reject, ("approve", "Approve", False), ("approve", "Approve with comment", True)]

    def on_action(self, task_state: TaskState, user: Any, action_name: str, **kwargs: Any) -> Any:
        """Decide the step, once. Raises SignOffError when it is decided already or may not be decided so."""
        with transaction.atomic():
            lock_content(task_state.workflow_state)
            task_state.refresh_from_db()
            problem = _problem(task_state, user, action_name, str(kwargs.get("comment") or ""))
            if problem:
                raise SignOffError(problem)
            if action_name == "approve":
                _sign(task_state, user)
            return super().on_action(task_state, user, action_name, **kwargs)


def _problem(task_state: TaskState, user: Any, action_name: str, comment: str) -> str:
    if task_state.status != TaskState.STATUS_IN_PROGRESS:
        return "This step has been decided already. Nothing was recorded twice."
    if action_name == "reject" and not comment.strip():
        return "Say what has to change: the editor sees it where they work."
    if action_name == "approve":
        return why_not(task_state, user)
    return ""


def why_not(task_state: TaskState | None, user: Any) -> str:
    """Return why `user` may not approve a step, in a sentence; '' when they may.

    Two other people check a text: neither may have written any of it since it was last approved, and each
    takes one step. settings.SIGN_OFF_PEOPLE = 1 lets one other person take both (a small team).
    """
    if task_state is None:
        return "This is not being reviewed."
    content = task_state.workflow_state.content_object
    if not user.sign_off_role:
        return "Your account has no role to sign with. Ask an administrator to fill it in."
    if isinstance(content, Page) and _due(content) <= clock.today():
        return "Its next review is not set, or is over. Send it back, and ask for a date to come."
    if user.pk in writers(content):
        return "You wrote part of this text. Somebody else has to approve it."
    before = task_state.workflow_state.task_states.filter(
        status=TaskState.STATUS_APPROVED, finished_by=user
    ).exclude(pk=task_state.pk)
    if settings.SIGN_OFF_PEOPLE > 1 and before.exists():
        return "You approved the step before. A second person has to take this one."
    return ""


def _due(page: Page) -> datetime.date:
    """Return the day of the next review in the latest draft of a page; a past day when it has none."""
    return page.get_latest_revision_as_object().next_review or datetime.date.min


def writers(content: Any) -> set[int]:
    """Return the ids of the users who wrote a revision of a page or fact since its text was last approved."""
    revisions = content.revisions.filter(user__isnull=False)
    approved = SignOff.objects.for_instance(content).filter(completes=True, revision__isnull=False).last()
    if approved is not None:
        revisions = revisions.filter(pk__gt=approved.revision_id)
    return set(revisions.values_list("user_id", flat=True))


def _sign(task_state: TaskState, user: Any) -> None:
    """Write down that `user` approves the text of a step, before the approval takes effect."""
    content = task_state.workflow_state.content_object
    # What the reviewer was shown: somebody may have saved a draft after the step began.
    task_state.revision = content.get_latest_revision()
    task_state.save(update_fields=["revision"])
    SignOff.objects.create(
        base_content_type=content.get_base_content_type(),
        object_id=str(content.pk),
        revision=task_state.revision,
        step=task_state.task.name,
        user=user,
        role=user.sign_off_role,
        next_review=getattr(task_state.revision.as_object(), "next_review", None),
    )


def claim(revision: Revision) -> None:
    """Note that a text is the approved one; of a page, write into it who has reviewed it, and when.

    This comes from the records of its sign-offs. Pages and the API show it from there. Nobody can type it.
    """
    signed = list(SignOff.objects.filter(revision=revision))
    if not signed:
        return
    signed[-1].completes = True
    signed[-1].save(update_fields=["completes"])
    if not issubclass(revision.content_type.model_class(), BasePage):
        return
    first = signed[0]
    revision.content |= {
        "reviewer_role": first.role,
        "last_reviewed": clock.day_of(signed[-1].at).isoformat(),
        "reviewed_revision": revision.pk,
        "reviewed_by_one": len({row.user_id for row in signed}) < len({row.step for row in signed}),
    }
    revision.save(update_fields=["content"])


def keep_claims_true(sender: type[models.Model], instance: models.Model, **kwargs: Any) -> None:
    """Before a page is saved live: take away a claim of a review that no sign-off of this page is behind.

    A former version, a copy or code may bring one along.
    """
    if not isinstance(instance, BasePage) or not instance.live or not instance.reviewer_role:
        return
    if not SignOff.objects.for_instance(instance).filter(role=instance.reviewer_role).exists():
        instance.reviewer_role, instance.reviewed_revision, instance.reviewed_by_one = "", None, False
