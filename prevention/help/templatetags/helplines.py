"""{% usual_helplines as helplines %}: the helplines for a page on which nothing is urgent."""

from __future__ import annotations

from django import template

from prevention.help.models import Helpline
from prevention.help.models import usual_helplines as usual

register = template.Library()


@register.simple_tag
def usual_helplines() -> list[Helpline]:
    """Return the helplines about drugs and for children that serve more than one nation, closed ones last."""
    return usual()
