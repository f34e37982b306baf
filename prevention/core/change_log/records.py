"""The receivers that log the changes of snippets, files and pictures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from prevention.core.change_log.dependents import log_pages_showing, pages_showing
from prevention.core.change_log.lines import add_lines
from prevention.core.models.bookkeeping import is_bookkeeping
from prevention.core.models.changes import GONE, Action, ContentChange
from prevention.core.models.logged import LoggedModel


def line_of(instance: LoggedModel, action: Action) -> ContentChange:
    """Return an unsaved line of the log for a snippet, a file or a picture. What goes is gone at once."""
    return ContentChange(
        scope=instance.scope,
        kind=str(instance._meta.model_name),
        key=instance.change_key[:120],
        title=str(instance)[:255],
        action=action,
        hard=instance.hard or action in GONE,
    )


@dataclass(frozen=True)
class Before:
    """What the public saw of a record before it is saved, and the ids of the pages that showed it."""

    was_public: bool
    pages: frozenset[int]


def record_is_saved(sender: type[Model], instance: Model, raw: bool = False, **kwargs: Any) -> None:
    """Before a save: remember whether it is public, and the pages that show it."""
    if isinstance(instance, LoggedModel) and not raw and not is_bookkeeping(kwargs.get("update_fields")):
        # After the save, some pages that show it now may no longer do so; they have changed too.
        stored = type(instance)._base_manager.filter(pk=instance.pk).first() if instance.pk else None
        if stored is None or not stored.is_public:
            vars(instance)["_before"] = Before(was_public=False, pages=frozenset())
        else:
            vars(instance)["_before"] = Before(was_public=True, pages=frozenset(pages_showing(stored)))


def record_was_saved(sender: type[Model], instance: Model, raw: bool = False, **kwargs: Any) -> None:
    """After a save: log it, and the pages that show it or did before, if the public sees a difference."""
    if not isinstance(instance, LoggedModel) or raw or is_bookkeeping(kwargs.get("update_fields")):
        return
    before: Before = vars(instance).pop("_before")
    action = _action_of(instance, before)
    if action is not None:
        _log_record(instance, action, before.pages)


def _action_of(instance: LoggedModel, before: Before) -> Action | None:
    """Return what the public sees happen; None for a draft."""
    if instance.is_public and before.was_public:
        return Action.UPDATED
    if instance.is_public:
        kind = str(instance._meta.model_name)
        gone = ContentChange.objects.filter(kind=kind, key=instance.change_key[:120], action__in=GONE)
        return Action.RESTORED if instance.pk and gone.exists() else Action.PUBLISHED
    if before.was_public:
        return Action.EXPIRED if getattr(instance, "expired", False) else Action.WITHDRAWN
    return None


def record_is_deleted(sender: type[Model], instance: Model, **kwargs: Any) -> None:
    """Before a delete: log it as withdrawn, if it was public."""
    if isinstance(instance, LoggedModel) and instance.is_public:
        _log_record(instance, Action.WITHDRAWN)


def relation_changed(
    sender: type[Model], instance: Model, action: str, reverse: bool, model: type[Model], **kwargs: Any
) -> None:
    """After a change of a many-to-many relation: log the public records on either side."""
    if action not in {"post_add", "post_remove", "pre_clear", "post_clear"}:
        return
    if isinstance(instance, LoggedModel):
        changed: Iterable[Model] = [instance]
    elif reverse and issubclass(model, LoggedModel):
        changed = model._base_manager.filter(pk__in=kwargs.get("pk_set") or ())
    else:
        return
    for record in changed:
        if isinstance(record, LoggedModel) and record.is_public:
            _log_record(record, Action.UPDATED)


def _log_record(instance: LoggedModel, action: Action, also: Iterable[int] = ()) -> None:
    line = line_of(instance, action)
    add_lines([line])
    log_pages_showing(instance, line, also)
