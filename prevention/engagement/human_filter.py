"""Is this a person reading? Headers are looked at and forgotten; nothing here returns or keeps one."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

from crawlerdetect import CrawlerDetect
from django.http import HttpRequest

# A browser names itself in less; the patterns take long over long nonsense.
LONGEST_AGENT = 250


class ForgetfulDetector(CrawlerDetect):
    """crawlerdetect's list of patterns, without its memory of the user agents it has seen."""

    CACHE_SIZE = 0


@lru_cache(maxsize=1)
def _detector() -> ForgetfulDetector:
    return ForgetfulDetector()  # compiles about 1,500 patterns: once per process


def asked_not_to_be_counted(request: HttpRequest) -> bool:
    """Global Privacy Control or Do Not Track is on."""
    return request.headers.get("Sec-GPC") == "1" or request.headers.get("DNT") == "1"


def is_staff_view(request: HttpRequest) -> bool:
    """Somebody signed in, or an editor's preview: the session cookie is there."""
    from django.conf import settings

    return settings.SESSION_COOKIE_NAME in request.COOKIES or getattr(request, "is_preview", False)


def is_prefetch(request: HttpRequest) -> bool:
    """The browser fetched ahead; nobody has seen it yet."""
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return "prefetch" in purpose or "prerender" in purpose


def is_left_out(request: HttpRequest) -> bool:
    """Return whether nothing at all is counted of this request, not even a machine's."""
    return asked_not_to_be_counted(request) or is_staff_view(request) or is_prefetch(request)


def is_bot(request: HttpRequest) -> bool:
    """The caller calls itself a crawler, or does not say what it is."""
    agent = request.headers.get("User-Agent", "")
    return not agent or bool(_detector().isCrawler(agent[:LONGEST_AGENT]))


def is_navigation(request: HttpRequest) -> bool | None:
    """Did a person open this as a page? None when the browser is too old to say."""
    mode = request.headers.get("Sec-Fetch-Mode")
    if mode is None:
        return None
    # A POST from the search box is a navigation too; 'empty' is a script, 'image' a picture.
    return mode == "navigate" and request.headers.get("Sec-Fetch-Dest", "document") == "document"


def has_arrived(request: HttpRequest) -> bool:
    """Did they come from elsewhere (no referrer, or another host)?"""
    referrer = request.headers.get("Referer", "")
    try:
        return urlsplit(referrer).netloc != request.get_host()
    except ValueError:
        return True
