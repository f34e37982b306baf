"""Who publishes or withdraws a page does it in one transaction, and waits for who does so already.

Its row is locked before anything else of it.

Wagtail's bulk actions write the revisions first and end the workflow last; the last approval writes the
workflow first and the revisions last. On PostgreSQL the two deadlocked over a page that was in both. And
outside of bulk actions it takes a page off the schedule in a transaction of its own: a process that ended
there lost the date, or left one on which a withdrawn page came back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models.signals import pre_save
from django.http import HttpRequest
from wagtail.actions.publish_revision import PublishRevisionAction
from wagtail.actions.unpublish import UnpublishAction
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import Page, TaskState, WorkflowState


def lock_pages(numbers: Iterable[int | str]) -> None:
    """Lock the rows of these pages (ids) until the transaction ends; outside of one nothing is held.

    In the order of the tree, in which Wagtail goes through pages too. Where the database has one writer at a
    time it is locked already.
    """
    if connection.in_atomic_block and connection.features.has_select_for_no_key_update:
        # Not the key: rows that point to a page may be written meanwhile.
        rows = Page.objects.select_for_update(no_key=True).filter(pk__in=list(numbers)).order_by("path")
        list(rows.values_list("pk"))


def lock_chosen(request: HttpRequest, action_type: str, objects: list[Any], action: Any) -> None:
    """Before a bulk action, in its transaction: lock the pages that it is about."""
    lock_pages(thing.pk for thing in objects if isinstance(thing, Page))


def _workflow_is_saved(sender: type[Any], instance: TaskState | WorkflowState, **kwargs: Any) -> None:
    state = instance.workflow_state if isinstance(instance, TaskState) else instance
    if state.base_content_type_id == ContentType.objects.get_for_model(Page).pk:
        lock_pages([state.object_id])


def _in_one_transaction(execute: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap the method `execute` of one of Wagtail's actions."""

    @wraps(execute)
    def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic():
            lock_pages([self.object.pk] if isinstance(self.object, Page) else [])
            return execute(self, *args, **kwargs)

    return wrapped


def connect() -> None:
    """Lock a page before its workflow is written, and round its actions; called once, by the AppConfig."""
    for action in (PublishRevisionAction, UnpublishAction, UnpublishPageAction):
        action.execute = _in_one_transaction(action.execute)
    for sender in (TaskState, WorkflowState):
        pre_save.connect(_workflow_is_saved, sender=sender, dispatch_uid=f"editorial.locks:{sender.__name__}")
