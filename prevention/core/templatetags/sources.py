"""{% if url|may_be_linked %}: whether a source's website may be linked for young readers (decision 23)."""

from __future__ import annotations

from urllib.parse import urlsplit

from django import template
from django.conf import settings

register = template.Library()


@register.filter
def may_be_linked(url: str) -> bool:
    """Return whether the host of `url` is in settings.LINKED_SOURCE_HOSTS, or is a subdomain of one in it.

    Other websites may tell of doses or prices, or be sold to anybody. These sources are named on the page
    with publisher and date, and the API has their address.
    """
    host = (urlsplit(url).hostname or "").rstrip(".")
    return any(host == known or host.endswith(f".{known}") for known in settings.LINKED_SOURCE_HOSTS)
