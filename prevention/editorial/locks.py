"""Publishes and withdraws each page or fact in one transaction that locks its row first (decision 40).

Two faults of Wagtail make that necessary. Its bulk actions write revisions first and the workflow last, the
last approval writes them the other way round, and on PostgreSQL the two deadlocked over the same page. And
outside of bulk actions it takes a page off the schedule in a separate transaction: a process that died in
between lost the date, or left a date on which a withdrawn page was published again.
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
    """Lock the rows of the pages with these ids until the transaction ends; outside of one, do nothing.

    The rows are locked in tree order, as Wagtail does. SQLite needs no lock: it has one writer at a time.
    """
    if connection.in_atomic_block and connection.features.has_select_for_no_key_update:
        # Without locking the key, so that rows that refer to the page can be written meanwhile.
        rows = Page.objects.select_for_update(no_key=True).filter(pk__in=list(numbers)).order_by("path")
        list(rows.values_list("pk"))


def lock_row(content: Any) -> None:
    """Lock the row of a page or fact until the transaction ends, as `lock_pages` does."""
    if isinstance(content, Page):
        lock_pages([content.pk])
    elif connection.in_atomic_block and connection.features.has_select_for_no_key_update:
        rows = type(content)._base_manager.select_for_update(no_key=True).filter(pk=content.pk)
        list(rows.values_list("pk"))


def lock_content(state: WorkflowState) -> None:
    """Lock the row of the page or fact that a workflow is about, as `lock_pages` does."""
    if state.base_content_type_id == ContentType.objects.get_for_model(Page).pk:
        lock_pages([state.object_id])
    elif state.content_object is not None:
        lock_row(state.content_object)


def lock_chosen(request: HttpRequest, action_type: str, objects: list[Any], action: Any) -> None:
    """Lock the pages of a bulk action before it runs, in its transaction (hook before_bulk_action)."""
    lock_pages(thing.pk for thing in objects if isinstance(thing, Page))


def _workflow_is_saved(sender: type[Any], instance: TaskState | WorkflowState, **kwargs: Any) -> None:
    lock_content(instance.workflow_state if isinstance(instance, TaskState) else instance)


def _in_one_transaction(execute: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap the method `execute` of one of Wagtail's actions in a transaction that locks its row."""

    @wraps(execute)
    def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic():
            lock_row(self.object)
            return execute(self, *args, **kwargs)

    return wrapped


def connect() -> None:
    """Lock pages before their workflow is saved and around publishing and unpublishing.

    EditorialConfig.ready calls this once.
    """
    for action in (PublishRevisionAction, UnpublishAction, UnpublishPageAction):
        action.execute = _in_one_transaction(action.execute)
    for sender in (TaskState, WorkflowState):
        pre_save.connect(_workflow_is_saved, sender=sender, dispatch_uid=f"editorial.locks:{sender.__name__}")
