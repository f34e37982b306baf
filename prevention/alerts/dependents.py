"""Tells the log of changes which pages show an alert, and which alerts begin or end on a day."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator

from prevention.alerts.models import Alert
from prevention.core.change_log import shown_on
from prevention.core.effective_dates import Effect, takes_effect
from prevention.core.models import Action
from prevention.substances.dependents import with_members


@shown_on(Alert)
def pages_warned_on(alert: Alert) -> Iterable[int]:
    """Return the ids of the alert's substance pages, and of the members of those that are groups.

    An alert without substances is shown on every page; the log has only the alert's own line then.
    """
    return with_members(page.pk for page in alert.substances.all())


@takes_effect
def alerts_of(day: datetime.date) -> Iterator[Effect]:
    """Yield an Effect for every alert that begins or ends on `day`."""
    for alert in Alert.objects.live().filter(effective_from=day):
        yield Effect("alert", alert.change_key, str(alert), Action.IN_FORCE, tuple(pages_warned_on(alert)))
    for alert in Alert.objects.live().filter(expires_on=day):
        yield Effect("alert", alert.change_key, str(alert), Action.EXPIRED, tuple(pages_warned_on(alert)))
