"""{% pages_showing object as pages %}: the public pages that show a fact, for its preview."""

from __future__ import annotations

from django import template
from django.db.models import Model

from prevention.core.change_log.dependents import pages_showing as numbers_of
from prevention.core.page_index import PageEntry, page_index

register = template.Library()


@register.simple_tag
def pages_showing(instance: Model) -> list[PageEntry]:
    """Return the public pages that show `instance`, as the log of changes knows them, by title."""
    public = page_index().by_id
    found = [public[number] for number in numbers_of(instance) if number in public]
    return sorted(found, key=lambda page: page.title.lower())
