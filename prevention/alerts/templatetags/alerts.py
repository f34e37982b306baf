"""{% alerts page %}: shows the alerts in force. The base template calls it, so pages need not know alerts."""

from __future__ import annotations

from typing import Any

from django import template
from wagtail.models import Page

from prevention.alerts.models import Alert

register = template.Library()


@register.inclusion_tag("components/alerts.html")
def alerts(page: Page | None = None) -> dict[str, Any]:
    """Return {"alerts": [Alert]}: those for every page, and those about `page` or a group it belongs to."""
    rows = Alert.objects.active().prefetch_related("substances")
    numbers = {page.pk, *getattr(page, "group_ids", ())} if isinstance(page, Page) else set()
    shown = []
    for alert in rows:
        about = {substance.pk for substance in alert.substances.all()}
        if not about or numbers & about:
            shown.append(alert)
    return {"alerts": shown}
