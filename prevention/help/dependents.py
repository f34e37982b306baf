"""Tells the log of changes which pages show a helpline."""

from __future__ import annotations

from collections.abc import Iterable

from prevention.core.change_log import shown_on
from prevention.help.models import Helpline, HelpPage


@shown_on(Helpline)
def help_pages(helpline: Helpline) -> Iterable[int]:
    """Return the ids of the help pages, which list every helpline."""
    return HelpPage.objects.values_list("pk", flat=True)
