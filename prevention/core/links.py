"""Links inside rich text to pages of ours, by id or by address; shown only while they lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.html import escape

from prevention.core.page_index import page_index

ANCHOR = re.compile(r'<a\b((?:[^>"]|"[^"]*")*)>(.*?)</a>', re.DOTALL)
ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
FILES = (settings.STATIC_URL, f"/{settings.MEDIA_URL.strip('/')}/images/")
WAGTAIL_PAGES = "wagtail_serve"  # the route of everything in the page tree


def with_live_links(stored: str) -> str:
    """Stored rich text with real addresses. A link whose page is gone is left out, its words stay."""
    return ANCHOR.sub(_shown, stored) if "<a" in stored else stored


def dead_links(stored: str) -> Iterator[str]:
    """The words of each link in stored rich text that leads to no public page."""
    for attributes, words in ANCHOR.findall(stored):
        if _address(dict(ATTRIBUTE.findall(attributes))) is None:
            yield re.sub(r"<[^>]*>", "", words)


def _shown(match: re.Match[str]) -> str:
    address = _address(dict(ATTRIBUTE.findall(match.group(1))))
    return match.group(2) if address is None else f'<a href="{address}">{match.group(2)}</a>'


def _address(attributes: dict[str, str]) -> str | None:
    """The value of href, escaped as it was stored; None when it leads to no public page."""
    if attributes.get("linktype") == "page":
        number = attributes.get("id", "")
        entry = page_index().by_id.get(int(number)) if number.isdecimal() else None
        return escape(entry.url) if entry else None
    href = attributes.get("href", "")
    if not href.startswith("/") or href.startswith("//"):
        return href or None
    path = unquote(re.split("[?#]", href, maxsplit=1)[0])
    leads = f"{path.rstrip('/')}/" in page_index().by_url or path.startswith(FILES) or _is_a_view(path)
    return href if leads else None


def _is_a_view(path: str) -> bool:
    """Does something outside the page tree answer here: a view, a file, the API?"""
    try:
        return resolve(path).url_name != WAGTAIL_PAGES
    except Resolver404:
        return False
