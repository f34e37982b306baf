"""What refers to a helpline by its code: the cards that name it."""

from __future__ import annotations

from collections.abc import Iterable

from prevention.core.references import referred_by
from prevention.help.models import Helpline
from search.models import Intent


@referred_by(Helpline)
def cards_naming(helpline: Helpline) -> Iterable[Intent]:
    """Return the cards that name a helpline."""
    rows = Intent.objects.filter(helplines__contains=helpline.code)
    return [row for row in rows if helpline.code in row.helplines.split()]
