"""The pages that show something else, because a thing that they show has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.db.models import Model

from prevention.core.change_log.lines import add_lines, page_line, states, was_public
from prevention.core.models.changes import Action, ContentChange

Dependents = Callable[[Any], Iterable[int]]
D = TypeVar("D", bound=Dependents)
_dependents: list[tuple[type[Model], Dependents]] = []


def shown_on(model: type[Model]) -> Callable[[D], D]:
    """Decorate a function that takes an instance of `model` and returns the ids of the pages that show it.

    When the instance changes, the log gets a line for each of these pages, with the instance as its cause.
    For a page as `model`, the function is called only when its title, address or visibility has changed.
    """

    def register(function: D) -> D:
        _dependents.append((model, function))
        return function

    return register


def pages_showing(instance: Model) -> set[int]:
    """Return the ids of the pages that show `instance`."""
    return {
        number
        for model, function in _dependents
        if isinstance(instance, model)
        for number in function(instance)
    }


def log_pages_showing(instance: Model, cause: ContentChange, also: Iterable[int] = ()) -> None:
    """Log a change of the pages that show `instance`, and of those with ids `also`, because of `cause`."""
    pages = {*pages_showing(instance), *also} - {cause.page_pk}
    log_dependents(pages, cause)


def log_dependents(pages: Iterable[int], cause: ContentChange, *, action: Action = Action.UPDATED) -> None:
    """Log a change of the pages with these ids because of `cause`. Pages that are not public are left out."""
    numbers = list(pages)
    found = states(pk__in=numbers) if numbers else []
    last = ContentChange.objects.last_of(state.key for state in found)
    lines = []
    for state in found:
        # A page that is being deleted is still in the table.
        if state.is_public and was_public(last.get(state.key), fallback=True):
            line = page_line(state, action, hard=cause.hard)
            line.cause = f"{cause.kind}:{cause.key}"
            line.effective_at = cause.effective_at
            lines.append(line)
    add_lines(lines)
