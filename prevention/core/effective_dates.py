"""Logs what begins or ends on a date without anybody saving it, such as a law or an alert.

Our own pages need no line for this, because the day is part of their cache key. Partners do: they read the
log.
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
    """Something that begins or ends on a day, and the ids of the pages that show it.

    When `is_page` is true it is part of these pages, and `action` is logged for them; otherwise it has a line
    of its own and the pages are logged as updated.
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
    """Register a function that takes a date and yields an Effect for everything that begins or ends on it."""
    _sources.append(source)
    return source


def log_day(day: datetime.date) -> int:
    """Log everything that begins or ends on `day` and is not yet in the log. Return the number logged."""
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
