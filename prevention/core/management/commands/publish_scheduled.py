"""`manage.py publish_scheduled`: publish and withdraw what is due; replaces Wagtail's command (decision 42).

Wagtail's command uses no transaction for each page and stops at the first error. This one publishes or
withdraws each page or snippet in a transaction of its own, goes on after an error, and names those that
failed at the end. What may not be published is taken off the schedule, and those who can mend it get a mail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from wagtail.models import DraftStateMixin, Page, Revision

from prevention import clock
from prevention.core.publishing import PublishingRefusedError
from prevention.core.schedules import drop_schedule


class Command(BaseCommand):
    """Publishes and withdraws what is due. Raises CommandError at the end when something failed."""

    help = "Publish what is due to go live, withdraw what is due to expire."

    def handle(self, *args: Any, **options: Any) -> None:
        done, refused, problems = 0, [], []
        for name, act in [*_due_to_expire(), *_due_to_go_live()]:
            try:
                with transaction.atomic():
                    act()
                done += 1
            except PublishingRefusedError as refusal:
                drop_schedule(refusal)
                refused.append(refusal.sentence)
            except Exception as error:
                # An error of one must not keep the others from being published.
                problems.append(f"{name}: {type(error).__name__}: {error}")
        self.stdout.write(f"{done} published or withdrawn on their date.")
        for sentence in refused:
            self.stdout.write(f"Taken off the schedule: {sentence}")
        if problems:
            raise CommandError("Not published or withdrawn, though it was due:\n" + "\n".join(problems))


def _due_to_expire() -> Iterator[tuple[str, Callable[[], object]]]:
    drafts = [
        model
        for model in apps.get_models()
        if issubclass(model, DraftStateMixin) and not issubclass(model, Page)
    ]
    for model in (Page, *drafts):
        for due in model.objects.filter(live=True, expire_at__lt=clock.now()).order_by("expire_at"):

            def withdraw(due: Any = due) -> None:
                due.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")

            yield str(due), withdraw


def _due_to_go_live() -> Iterator[tuple[str, Callable[[], object]]]:
    due = Revision.objects.filter(approved_go_live_at__lt=clock.now()).order_by("approved_go_live_at")
    for revision in due:

        def publish(revision: Revision = revision) -> None:
            revision.publish(log_action="wagtail.publish.scheduled")

        yield revision.object_str, publish
