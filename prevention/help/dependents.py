"""Which pages list helplines."""

from __future__ import annotations

from collections.abc import Iterable

from prevention.core.change_log import shown_on
from prevention.help.models import Helpline, HelpPage


@shown_on(Helpline)
def help_pages(helpline: Helpline) -> Iterable[int]:
    """Return the id of the page that lists every helpline."""
    return HelpPage.objects.values_list("pk", flat=True)
