"""The only place that reads the time, so that every rule about dates can be tried on any date.

Days are days in London, where the law and the service are. Nothing here imports anything of ours.
"""

from __future__ import annotations

import datetime
import time

from django.utils import timezone

__all__ = ["day_of", "local_now", "monotonic", "now", "today"]


def now() -> datetime.datetime:
    """Return this moment, with its zone (UTC)."""
    return timezone.now()


def local_now() -> datetime.datetime:
    """Return this moment as a clock in London shows it, with its zone."""
    return timezone.localtime()


def today() -> datetime.date:
    """Return the present day in London."""
    return timezone.localdate()


def day_of(moment: datetime.datetime) -> datetime.date:
    """Return the day in London of a moment with a zone."""
    return timezone.localtime(moment).date()


def monotonic() -> float:
    """Return seconds of a clock that is never set; only differences between two readings mean anything."""
    return time.monotonic()
