"""{% usual_helplines as helplines %}: the few helplines for a page that is not about help itself."""

from __future__ import annotations

from django import template

from prevention.help.models import Helpline
from prevention.help.models import usual_helplines as usual

register = template.Library()


@register.simple_tag
def usual_helplines() -> list[Helpline]:
    """Helplines about drugs and for children, in their order."""
    return usual()
