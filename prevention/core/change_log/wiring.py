"""Connects the log to the signals of saving and deleting."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from wagtail.models import Page, PageViewRestriction, Site

from prevention.core.change_log import pages, records
from prevention.core.change_log.lines import add_lines
from prevention.core.models.changes import Action, ContentChange
from prevention.delivery.content_version import Scope


def log_saves_of(model: type[Model], scope: Scope) -> None:
    """Log saves and deletes of a model of Wagtail's, each in one transaction with its line in the log."""

    def log(sender: type[Model], instance: Model, **kwargs: Any) -> None:
        kind = str(model._meta.model_name)
        line = ContentChange(scope=scope, kind=kind, key=str(instance.pk), action=Action.UPDATED, hard=True)
        add_lines([line])

    make_atomic(model, "save", "delete")
    for signal in (post_save, post_delete):
        signal.connect(log, sender=model, weak=False, dispatch_uid=f"change-log:{model._meta.label}")


def make_atomic(model: Any, *names: str) -> None:
    """Wrap the methods `names` of a model (save, delete) in a transaction that includes its signals.

    Otherwise Django sends post_save and post_delete after the commit, and a crash could lose the log's line.
    """
    for name in names:
        setattr(model, name, transaction.atomic(getattr(model, name)))


def connect() -> None:
    """Connect the log to the signals of Django. CoreConfig.ready calls this once."""
    for signal, receiver in (
        (pre_save, pages.page_is_saved),
        (post_save, pages.page_was_saved),
        (pre_save, records.record_is_saved),
        (post_save, records.record_was_saved),
        (pre_delete, records.record_is_deleted),
        (m2m_changed, records.relation_changed),
    ):
        signal.connect(receiver, dispatch_uid=f"change-log:{receiver.__name__}")
    pre_delete.connect(pages.page_is_deleted, sender=Page, dispatch_uid="change-log:page")
    for signal in (post_save, post_delete):
        signal.connect(
            pages.restriction_changed, sender=PageViewRestriction, dispatch_uid="change-log:restriction"
        )
    # Wagtail deletes a page and updates its parent's number of children in two steps.
    make_atomic(Page, "delete")
    make_atomic(PageViewRestriction, "save", "delete")
    log_saves_of(Site, Scope.SITE)
