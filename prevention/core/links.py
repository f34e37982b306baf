"""Links in rich text: shown while they lead to a public page, afterwards only their words (decision 27)."""

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
WAGTAIL_PAGES = "wagtail_serve"  # the name of the route of all pages


def with_live_links(stored: str) -> str:
    """Return stored rich text in which links to pages by id have addresses.

    A link to a page that is not public is replaced by its words.
    """
    return ANCHOR.sub(_shown, stored) if "<a" in stored else stored


def dead_links(stored: str) -> Iterator[str]:
    """Yield the words of each link in stored rich text that leads to no public page of ours."""
    for attributes, words in ANCHOR.findall(stored):
        if _address(dict(ATTRIBUTE.findall(attributes))) is None:
            yield re.sub(r"<[^>]*>", "", words)


def _shown(match: re.Match[str]) -> str:
    address = _address(dict(ATTRIBUTE.findall(match.group(1))))
    return match.group(2) if address is None else f'<a href="{address}">{match.group(2)}</a>'


def _address(attributes: dict[str, str]) -> str | None:
    """Return the escaped address of a link; None when it leads to no public page of ours."""
    if attributes.get("linktype") == "page":
        number = attributes.get("id", "")
        entry = page_index().by_id.get(int(number)) if number.isdecimal() else None
        return escape(entry.url) if entry else None
    href = attributes.get("href", "")
    if not href.startswith("/") or href.startswith("//"):
        return href or None
    return href if is_answered(unquote(re.split("[?#]", href, maxsplit=1)[0])) else None


def is_answered(path: str) -> bool:
    """Return whether a public page, a file or a view answers at a path of this site."""
    return f"{path.rstrip('/')}/" in page_index().by_url or path.startswith(FILES) or _is_a_view(path)


def _is_a_view(path: str) -> bool:
    """Return whether a view outside the page tree answers at this path."""
    try:
        return resolve(path).url_name != WAGTAIL_PAGES
    except Resolver404:
        return False
