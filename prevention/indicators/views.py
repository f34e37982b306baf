"""The public page of the indicators."""

from __future__ import annotations

import datetime
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from prevention import clock
from prevention.delivery.answers import public
from prevention.delivery.content_version import FIGURES
from prevention.indicators.definitions import INDICATORS, Indicator
from prevention.indicators.models import Release, next_month

SHORTHAND = (
    ("[c]", "confidential: a number from 1 to 7 is hidden, so that nobody can be picked out"),
    ("[x]", "not available: too few visits to say, or the month is not over"),
)


@require_safe
def indicators(request: HttpRequest) -> HttpResponseBase:
    """Show every indicator: its question, its last released month, and what it does not show."""
    context = {
        "indicators": [_row(indicator) for indicator in INDICATORS],
        "shorthand": SHORTHAND,
        "next_release": next_month(clock.today().replace(day=1)) + datetime.timedelta(days=1),
        "breadcrumbs": [("Home", "/")],
    }
    response = render(request, "indicators/indicators.html", context)
    return public(response, counts=(("page.view", "page:indicators", ""),), scopes=FIGURES)


def _row(indicator: Indicator) -> dict[str, Any]:
    release = Release.objects.latest_of(indicator.code)
    figures = release.figures if release else {"headline": None, "rows": []}
    headline = figures["headline"]
    return {
        "code": indicator.code,
        "name": indicator.name,
        "question": indicator.question,
        "definition": indicator.definition,
        "formula": indicator.formula,
        "caveats": indicator.caveats,
        "is_ratio": indicator.is_ratio,
        "period_label": release.period_label if release else "",
        "released_on": release.released_on if release else None,
        "headline_text": _text(headline, indicator) if headline else "[x]",
        "rows": [{**cell, "value_text": _text(cell, indicator)} for cell in figures["rows"]],
        "lower": headline["lower"] if headline else None,
        "upper": headline["upper"] if headline else None,
    }


def _text(cell: dict[str, Any], indicator: Indicator) -> str:
    if cell["value"] is None:
        return str(cell["shorthand"])
    return f"{cell['value']:g} in 100" if indicator.is_ratio else f"{cell['value']:,.0f}"
