"""{% alerts page %}: the strip of live alerts. Pages know nothing of alerts; the base template calls this."""

from __future__ import annotations

from typing import Any

from django import template
from wagtail.models import Page

from prevention.alerts.models import Alert

register = template.Library()


@register.inclusion_tag("components/alerts.html")
def alerts(page: Page | None = None) -> dict[str, Any]:
    """The alerts for every page, and those about `page` or a group it belongs to: {"alerts": [Alert]}."""
    rows = Alert.objects.active().prefetch_related("substances")
    numbers = {page.pk, *getattr(page, "group_ids", ())} if isinstance(page, Page) else set()
    shown = []
    for alert in rows:
        about = {substance.pk for substance in alert.substances.all()}
        if not about or numbers & about:
            shown.append(alert)
    return {"alerts": shown}
