"""The urgent route: one moderator publishes a fact now, with a reason; a second confirms within a day.

This is the only way to publish a fact without its review (decision 58).
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Model
from wagtail.log_actions import log
from wagtail.models import Revision
from wagtail.permissions import policy_registry

from prevention import clock
from prevention.core.models import Fact
from prevention.editorial.locks import lock_row
from prevention.editorial.models import SignOffError, UrgentPublication, writers
from prevention.editorial.models.urgent import CONFIRM_WITHIN

# Actions in Wagtail's own log of a fact.
URGENT = "candour.publish.urgent"
CONFIRMED = "candour.publish.confirmed"


def may_publish(user: Any, fact: Fact) -> bool:
    """Return whether `user` may publish a fact urgently, confirm that somebody else did, and withdraw it."""
    return bool(policy_registry.get(fact).user_has_permission(user, "publish"))


@transaction.atomic
def publish_urgently(*, fact: Fact, revision_id: int, user: Any, reason: str) -> UrgentPublication:
    """Publish the latest draft of a fact, and note that a second person owes a confirmation.

    `revision_id` is what the user has read. Raises SignOffError if it is not the latest draft any more, if
    there is no draft, no reason or no right to publish; PublishingRefusedError if it breaks a rule.
    """
    lock_row(fact)
    fact = type(fact)._base_manager.get(pk=fact.pk)
    revision = fact.get_latest_revision()
    problem = _problem(fact, revision, revision_id, user, reason)
    if problem or revision is None:
        raise SignOffError(problem)
    # Who publishes a second time does not get a second day.
    owed = UrgentPublication.objects.for_instance(fact).owed().first()
    due = min([clock.now() + CONFIRM_WITHIN, *([owed.due_at] if owed else [])])
    revision.publish(user=user)
    log(instance=fact, action=URGENT, user=user, revision=revision, data={"reason": reason.strip()})
    return UrgentPublication.objects.create(
        base_content_type=fact.get_base_content_type(),
        object_id=str(fact.pk),
        title=revision.object_str[:255],
        revision=revision,
        reason=reason.strip(),
        user=user,
        due_at=due,
    )


def _problem(fact: Fact, revision: Revision | None, read: int, user: Any, reason: str) -> str:
    if not may_publish(user, fact):
        return "You may not publish this. Hand it in for review."
    if revision is None or (fact.live and fact.live_revision_id == revision.pk):
        return "There is no draft to publish. What you see is live already."
    if revision.pk != read:
        return "The text has changed since you opened it. Read it again, and publish it then."
    if fact.locked and fact.locked_by_id != user.pk:
        return f"{fact.locked_by or 'Somebody'} has locked this. Unlock it first."
    if not reason.strip():
        return "Say why it can not wait for its review."
    return ""


@transaction.atomic
def confirm(*, publication: UrgentPublication, user: Any) -> None:
    """Note that a second person stands by an urgent publication. Raises SignOffError if they may not."""
    publication = UrgentPublication.objects.select_for_update().get(pk=publication.pk)
    problem = why_not_confirm(publication, user)
    if problem:
        raise SignOffError(problem)
    publication.confirmed_by, publication.confirmed_at = user, clock.now()
    publication.save(update_fields=["confirmed_by", "confirmed_at"])
    log(instance=publication.content_object, action=CONFIRMED, user=user, revision=publication.revision)


def why_not_confirm(publication: UrgentPublication, user: Any) -> str:
    """Return why `user` may not confirm an urgent publication, in a sentence; '' when they may."""
    fact = publication.content_object
    if not publication.is_owed or fact is None:
        return "There is nothing to confirm any more."
    if not may_publish(user, fact):
        return "A moderator has to confirm this."
    if user.pk == publication.user_id:
        return "You published this yourself. A second person has to confirm it."
    if user.pk in writers(fact):
        return "You wrote part of this text. Somebody else has to confirm it."
    return ""


def end_former(sender: type[Model], instance: Model, **kwargs: Any) -> None:
    """After a fact was published, withdrawn or deleted: its former text needs no confirmation any more."""
    if isinstance(instance, Fact):
        for former in UrgentPublication.objects.for_instance(instance).owed():
            former.ended_at = clock.now()
            former.save(update_fields=["ended_at"])
