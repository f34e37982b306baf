"""The only module that reads the time, so that tests can run every date rule on any date (decision 44).

Days are days in London, where the law and the service are. This module imports nothing of ours.
"""

from __future__ import annotations

import datetime
import time

from django.utils import timezone
from django.utils.timezone import get_default_timezone

__all__ = ["day_of", "local_now", "monotonic", "now", "today"]


def now() -> datetime.datetime:
    """Return the current time as an aware datetime in UTC."""
    return timezone.now()


def local_now() -> datetime.datetime:
    """Return the current time as an aware datetime in London's zone."""
    return timezone.localtime()


def today() -> datetime.date:
    """Return today's date in London."""
    return timezone.localdate()


def day_of(moment: datetime.datetime) -> datetime.date:
    """Return the date in London at the aware datetime `moment`. It reads no clock."""
    return moment.astimezone(get_default_timezone()).date()


def monotonic() -> float:
    """Return a clock reading in seconds that never goes back; use it only to measure durations."""
    return time.monotonic()
