"""The human filter: is a request a person who reads, and may it be counted? No header is returned or kept."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

from crawlerdetect import CrawlerDetect
from django.http import HttpRequest

# Characters of a User-Agent that are looked at: browsers send fewer, and the patterns are slow on long texts.
LONGEST_AGENT = 250


class ForgetfulDetector(CrawlerDetect):
    """crawlerdetect's list of patterns, without its cache of user agents, which would keep them."""

    CACHE_SIZE = 0


@lru_cache(maxsize=1)
def _detector() -> ForgetfulDetector:
    return ForgetfulDetector()  # compiles about 1,500 patterns: once per process


def asked_not_to_be_counted(request: HttpRequest) -> bool:
    """Return whether the browser sends Global Privacy Control or Do Not Track."""
    return request.headers.get("Sec-GPC") == "1" or request.headers.get("DNT") == "1"


def is_staff_view(request: HttpRequest) -> bool:
    """Return whether the request has a session cookie (staff) or is an editor's preview."""
    from django.conf import settings

    return settings.SESSION_COOKIE_NAME in request.COOKIES or getattr(request, "is_preview", False)


def is_prefetch(request: HttpRequest) -> bool:
    """Return whether the browser fetched the page ahead, before anybody has seen it."""
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return "prefetch" in purpose or "prerender" in purpose


def is_left_out(request: HttpRequest) -> bool:
    """Return whether nothing may be counted for this request: opted out, staff, or prefetched."""
    return asked_not_to_be_counted(request) or is_staff_view(request) or is_prefetch(request)


def is_bot(request: HttpRequest) -> bool:
    """Return whether the User-Agent is missing or is that of a known crawler."""
    agent = request.headers.get("User-Agent", "")
    return not agent or bool(_detector().isCrawler(agent[:LONGEST_AGENT]))


def is_navigation(request: HttpRequest) -> bool | None:
    """Return whether a person opened this as a page; None when the browser sends no Sec-Fetch headers."""
    mode = request.headers.get("Sec-Fetch-Mode")
    if mode is None:
        return None
    # A POST from the search box is a navigation too. A script sends 'empty', a picture 'image'.
    return mode == "navigate" and request.headers.get("Sec-Fetch-Dest", "document") == "document"


def has_arrived(request: HttpRequest) -> bool:
    """Return whether the reader came from elsewhere: without a referrer, or with one of another host."""
    referrer = request.headers.get("Referer", "")
    try:
        return urlsplit(referrer).netloc != request.get_host()
    except ValueError:
        return True
