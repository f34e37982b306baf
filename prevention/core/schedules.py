"""What becomes of a page whose date has come and that may not be published."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth.models import Group
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from wagtail.admin.utils import get_admin_base_url
from wagtail.log_actions import log
from wagtail.models import Page, Revision

from prevention.core.publishing import PublishingRefusedError

REFUSED = "candour.publish.refused"  # the action in Wagtail's own log of a page
MODERATORS = "Moderators"  # Wagtail's own group


def drop_schedule(refusal: PublishingRefusedError) -> None:
    """Take a page off the schedule, note why in its history, and mail the editor and the moderators.

    Its text is kept as a draft. The attention report lists it until it is published.
    """
    page = refusal.instance
    if not isinstance(page, Page):
        return
    due = list(Revision.objects.for_instance(page).filter(approved_go_live_at__isnull=False))
    with transaction.atomic():
        for revision in due:
            revision.approved_go_live_at = None
            revision.save(update_fields=["approved_go_live_at"])
        log(instance=page, action=REFUSED, data={"reason": refusal.sentence})
    address = f"{get_admin_base_url() or ''}{reverse('wagtailadmin_pages:edit', args=[page.pk])}"
    text = (
        f"{refusal.sentence}\n\nIts date had come, and it was taken off the schedule. The text is kept as a "
        f"draft. Mend it here, and publish it again:\n{address}\n"
    )
    to = sorted({*_editors_of(due), *_moderators()})
    if to:
        send_mail(f"Not published on its date: {page}", text, None, to, fail_silently=True)


def _editors_of(revisions: list[Revision]) -> Iterator[str]:
    yield from (revision.user.email for revision in revisions if revision.user and revision.user.email)


def _moderators() -> Iterator[str]:
    group = Group.objects.filter(name=MODERATORS).first()
    if group is not None:
        members = group.user_set.filter(is_active=True).exclude(email="")
        yield from members.values_list("email", flat=True)
