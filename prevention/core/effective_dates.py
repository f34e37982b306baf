"""What begins or ends by its date, with nobody saving anything: the log gets a line on that day.

Pages and answers follow the date by themselves (the day is part of what they are kept under). Partners do
not: they read the log.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from prevention.core.change_log import add_lines, log_dependents
from prevention.core.models import Action, ContentChange
from prevention.delivery.content_version import Scope


@dataclass(frozen=True)
class Effect:
    """One thing that begins to hold, or ceases to, on a day, and the ids of the pages that show it.

    `is_page`: it is part of its pages, which then get the action; else it has a line of its own.
    """

    kind: str
    key: str
    title: str
    action: Action
    pages: tuple[int, ...] = ()
    is_page: bool = False


Source = Callable[[datetime.date], Iterable[Effect]]
_sources: list[Source] = []


def takes_effect(source: Source) -> Source:
    """Register a function that yields what begins or ends on a day."""
    _sources.append(source)
    return source


def log_day(day: datetime.date) -> int:
    """Log what begins or ends on `day`; what is in the log already is left out. Returns how many things."""
    moment = datetime.datetime.combine(day, datetime.time.min, ZoneInfo(settings.TIME_ZONE))
    return sum(_log(effect, moment) for source in _sources for effect in source(day))


@transaction.atomic
def _log(effect: Effect, moment: datetime.datetime) -> bool:
    told = ContentChange.objects.filter(effective_at=moment)
    if effect.is_page:
        told = told.filter(cause=f"{effect.kind}:{effect.key}")
    else:
        told = told.filter(kind=effect.kind, key=effect.key, action=effect.action)
    if told.exists():
        return False
    line = ContentChange(
        scope=Scope.SITE,
        kind=effect.kind,
        key=effect.key,
        title=effect.title[:255],
        action=effect.action,
        hard=effect.action == Action.EXPIRED,
        effective_at=moment,
    )
    if not effect.is_page:
        add_lines([line])
    log_dependents(effect.pages, line, action=effect.action if effect.is_page else Action.UPDATED)
    return True
