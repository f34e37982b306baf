"""Releases the figures of a month: applies the small-number rule to the counts and stores the result."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction

from prevention import clock
from prevention.core.change_log import log_release
from prevention.engagement.models import Count, CountQuerySet
from prevention.indicators.compute import Value, disclosed, per_hundred
from prevention.indicators.definitions import INDICATORS, SMALLEST_RATIO_BASE, Indicator
from prevention.indicators.models import Release, next_month


class ReleaseRefusedError(ValueError):
    """The month can not be released. The message says why and what to do."""


@transaction.atomic
def release(*, period: datetime.date) -> list[Release]:
    """Compute and store the figures of every indicator for the month whose first day is `period`.

    Raises ReleaseRefusedError when `period` is not the 1st of a month, when the month has not been over for a
    day, or when it is released already: two releases of the same counts could be subtracted from each other
    (decision 15).
    """
    if period.day != 1:
        raise ReleaseRefusedError("Give a whole month, for example 2026-10.")
    # One day later: the counts of the month's last second reach the database after midnight.
    first_day = next_month(period) + datetime.timedelta(days=1)
    if first_day > clock.today():
        raise ReleaseRefusedError(f"{period:%B %Y} is not over yet. Release it from {first_day:%-d %B} on.")
    if Release.objects.filter(period=period).exists():
        raise ReleaseRefusedError(
            f"{period:%B %Y} is released already, and a release is never computed again."
        )
    today = clock.today()
    releases = [
        Release(
            indicator=indicator.code, period=period, released_on=today, figures=figures(indicator, period)
        )
        for indicator in INDICATORS
    ]
    Release.objects.bulk_create(releases)
    for indicator in INDICATORS:
        log_release(indicator.code, f"{period:%Y-%m}")
    return releases


def figures(indicator: Indicator, period: datetime.date) -> dict[str, Any]:
    """Return the figures of an indicator for the month from `period`, after the small-number rule.

    The shape is that of Release.figures.
    """
    counts = Count.objects.within(period, next_month(period) - datetime.timedelta(days=1))
    top = _counts(counts, indicator.numerator, indicator.content_prefix)
    if indicator.is_ratio:
        base = _counts(counts, indicator.denominator, "")
        value = per_hundred(top.total(), base.total(), least_base=SMALLEST_RATIO_BASE)
        return {"headline": _cell("All visits", value), "rows": []}
    by_content = top.by_content()
    rows = [
        _cell(content.removeprefix(indicator.content_prefix).replace("-", " "), disclosed(n))
        for content, n in sorted(by_content.items())
    ]
    return {"headline": _cell("All", disclosed(sum(by_content.values()))), "rows": rows}


def _counts(counts: CountQuerySet, measure: str, prefix: str) -> CountQuerySet:
    return counts.filter(measure=measure, content__startswith=prefix)


def _cell(label: str, value: Value) -> dict[str, Any]:
    return {
        "label": label,
        "value": value.number,
        "shorthand": value.shorthand,
        "lower": value.lower,
        "upper": value.upper,
    }
