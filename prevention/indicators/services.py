"""Release a month: counts -> small-number rule -> frozen figures."""

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
    """The month can not be released; the message says why and what to do."""


@transaction.atomic
def release(*, period: datetime.date) -> list[Release]:
    """Compute and freeze every indicator for the month that begins on `period`.

    Raises ReleaseRefusedError when the month is not over, does not begin on the 1st, or is released already:
    a second release of the same cells would let differences be read off.
    """
    if period.day != 1:
        raise ReleaseRefusedError("Give a whole month, for example 2026-10.")
    # A day's grace: what the workers counted in the last second of the month is still on its way at midnight.
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
    """The figures of one indicator for one month, after the small-number rule."""
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
