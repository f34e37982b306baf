"""Which pages show an alert, and what becomes of alerts by date."""

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
    """Return the ids of the substances of an alert, and of the members where one is a group.

    One that names none is shown everywhere: its own line tells of it.
    """
    return with_members(alert.substances.values_list("pk", flat=True))


@takes_effect
def alerts_of(day: datetime.date) -> Iterator[Effect]:
    """Yield the alerts that begin or end on a day."""
    for alert in Alert.objects.filter(effective_from=day):
        yield Effect("alert", alert.change_key, str(alert), Action.IN_FORCE, tuple(pages_warned_on(alert)))
    for alert in Alert.objects.filter(expires_on=day):
        yield Effect("alert", alert.change_key, str(alert), Action.EXPIRED, tuple(pages_warned_on(alert)))
