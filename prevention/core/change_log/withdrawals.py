"""Why something is no longer public, and what to read instead: said by who takes it away."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from wagtail.models import Page

from prevention.core.models.changes import Action, ContentChange

# Partners are told to read anew at least once a day.
DROPPED_WITHIN = datetime.timedelta(days=1)

# What readers are told where nobody could be asked (a schedule, code).
DELETED = "It was deleted."
CLOSED = "It is no longer open to everybody."
TAKEN_DOWN = "It was taken down, and no reason was given."
ENDED = "It was meant to end on this day."


@dataclass(frozen=True)
class Withdrawal:
    """Why, in a plain sentence for readers, and what to read instead: 'kind:key' of a page, or ''."""

    reason: str
    replacement: str = ""


_stated: ContextVar[Withdrawal | None] = ContextVar("stated_withdrawal", default=None)


@contextmanager
def withdrawal(*, reason: str, replacement: Page | None = None) -> Iterator[None]:
    """Give what is withdrawn inside the block, with all that goes with it, this reason and replacement."""
    instead = ""
    if replacement is not None:
        kind = getattr(replacement.specific_class, "kind", "") or "page"
        instead = f"{kind}:{replacement.translation_key}"
    token = _stated.set(Withdrawal(reason, instead))
    try:
        yield
    finally:
        _stated.reset(token)


def say_why(line: ContentChange, usual: str) -> None:
    """Write into the line of a page that is gone why; `usual` where nobody has stated a reason."""
    if line.action == Action.EXPIRED:
        usual = ENDED
    stated = _stated.get() or Withdrawal(usual)
    line.reason = stated.reason
    line.replacement = stated.replacement if stated.replacement != f"{line.kind}:{line.key}" else ""
    line.drop_by = line.at + DROPPED_WITHIN
