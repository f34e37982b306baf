"""What becomes of a page or fact whose date has come and that may not be published."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth.models import Group
from django.core.mail import send_mail
from django.db import transaction
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.utils import get_admin_base_url
from wagtail.log_actions import log
from wagtail.models import DraftStateMixin, Revision

from prevention.core.publishing import PublishingRefusedError

REFUSED = "candour.publish.refused"  # the action in Wagtail's own log of a page or fact
MODERATORS = "Moderators"  # Wagtail's own group


def drop_schedule(refusal: PublishingRefusedError) -> None:
    """Take a page or fact off the schedule, note why in its history, and mail editor and moderators.

    Its text is kept as a draft. The attention report lists it until it is published.
    """
    content = refusal.instance
    if not isinstance(content, DraftStateMixin):
        return
    due = list(Revision.objects.for_instance(content).filter(approved_go_live_at__isnull=False))
    with transaction.atomic():
        for revision in due:
            revision.approved_go_live_at = None
            revision.save(update_fields=["approved_go_live_at"])
        log(instance=content, action=REFUSED, data={"reason": refusal.sentence})
    address = f"{get_admin_base_url() or ''}{AdminURLFinder().get_edit_url(content) or ''}"
    text = (
        f"{refusal.sentence}\n\nIts date had come, and it was taken off the schedule. The text is kept as a "
        f"draft. Mend it here, and publish it again:\n{address}\n"
    )
    to = sorted({*_editors_of(due), *moderators()})
    if to:
        send_mail(f"Not published on its date: {content}", text, None, to, fail_silently=True)


def _editors_of(revisions: list[Revision]) -> Iterator[str]:
    yield from (revision.user.email for revision in revisions if revision.user and revision.user.email)


def moderators() -> Iterator[str]:
    """Yield the mail addresses of the active moderators."""
    group = Group.objects.filter(name=MODERATORS).first()
    if group is not None:
        members = group.user_set.filter(is_active=True).exclude(email="")
        yield from members.values_list("email", flat=True)
