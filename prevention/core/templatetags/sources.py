"""{% if url|may_be_linked %}: is this source's website one that a young reader may be sent to?"""

from __future__ import annotations

from urllib.parse import urlsplit

from django import template
from django.conf import settings

register = template.Library()


@register.filter
def may_be_linked(url: str) -> bool:
    """True for the hosts in settings.LINKED_SOURCE_HOSTS and everything below them.

    A source may tell of doses or prices, or may be sold tomorrow. Its name, publisher and date stand on the
    page in any case, and its address in the API.
    """
    host = (urlsplit(url).hostname or "").rstrip(".")
    return any(host == known or host.endswith(f".{known}") for known in settings.LINKED_SOURCE_HOSTS)
