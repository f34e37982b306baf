"""The receivers that log the changes of snippets, files and pictures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model

from prevention.core.change_log.dependents import log_pages_showing, pages_showing
from prevention.core.change_log.lines import add_lines
from prevention.core.models.changes import Action, ContentChange
from prevention.core.models.logged import LoggedModel


def line_of(instance: LoggedModel, action: Action) -> ContentChange:
    """Return an unsaved line of the log for a snippet, a file or a picture."""
    return ContentChange(
        scope=instance.scope,
        kind=str(instance._meta.model_name),
        key=instance.change_key[:120],
        title=str(instance)[:255],
        action=action,
        hard=instance.hard,
    )


def record_is_saved(sender: type[Model], instance: Model, raw: bool = False, **kwargs: Any) -> None:
    """Before a save: remember the pages that show it."""
    if isinstance(instance, LoggedModel) and not raw:
        # After the save, some pages that show it now may no longer do so; they have changed too.
        stored = type(instance)._base_manager.filter(pk=instance.pk).first() if instance.pk else None
        vars(instance)["_shown_before"] = pages_showing(stored) if stored else set()


def record_was_saved(
    sender: type[Model], instance: Model, created: bool, raw: bool = False, **kwargs: Any
) -> None:
    """After a save: log it, and the pages that show it or did before."""
    if isinstance(instance, LoggedModel) and not raw:
        before = vars(instance).pop("_shown_before", set())
        _log_record(instance, Action.PUBLISHED if created else Action.UPDATED, before)


def record_is_deleted(sender: type[Model], instance: Model, **kwargs: Any) -> None:
    """Before a delete: log it as withdrawn."""
    if isinstance(instance, LoggedModel):
        _log_record(instance, Action.WITHDRAWN)


def relation_changed(
    sender: type[Model], instance: Model, action: str, reverse: bool, model: type[Model], **kwargs: Any
) -> None:
    """After a change of a many-to-many relation: log the records on either side."""
    if action not in {"post_add", "post_remove", "pre_clear", "post_clear"}:
        return
    if isinstance(instance, LoggedModel):
        _log_record(instance, Action.UPDATED)
    elif reverse and issubclass(model, LoggedModel):
        for other in model._base_manager.filter(pk__in=kwargs.get("pk_set") or ()):
            _log_record(other, Action.UPDATED)


def _log_record(instance: LoggedModel, action: Action, also: Iterable[int] = ()) -> None:
    line = line_of(instance, action)
    add_lines([line])
    log_pages_showing(instance, line, also)
