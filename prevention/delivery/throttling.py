"""Throttles that count requests per bucket of addresses; no address is stored (decision 13).

A keyed hash puts each address into one of 4,096 buckets, with another key every hour. Many addresses share a
bucket, so that the cache does not tell who came, but one busy script still fills its bucket and is throttled.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from prevention import clock

BUCKETS = 4096
MINUTE = 60  # seconds


def address_bucket(request: HttpRequest | Request) -> str:
    """Return the bucket of the caller's address in this hour, such as 'bucket-1234'.

    The address is REMOTE_ADDR as the server sets it; the header X-Forwarded-For is not read.
    """
    moment = f"{clock.now():%Y%m%d%H}"
    address = str(request.META.get("REMOTE_ADDR", ""))
    digest = hmac.new(settings.SECRET_KEY.encode(), f"{moment}|{address}".encode(), hashlib.sha256).digest()
    return f"bucket-{int.from_bytes(digest[:4], 'big') % BUCKETS}"


class BucketThrottle(BaseThrottle):
    """Allows each bucket settings.THROTTLE_RATES[scope] requests a minute.

    It stores one number per bucket and minute, for two minutes. DRF's own throttle is not used because it
    stores the exact time of every request.
    """

    def __init__(self, scope: str) -> None:
        self.scope = scope
        self.most = int(settings.THROTTLE_RATES[scope])

    def allow_request(self, request: HttpRequest | Request, view: Any) -> bool:
        """Count the request; return False when its bucket is over the rate of this minute."""
        minute = int(clock.now().timestamp() // MINUTE)
        key = f"throttle:{self.scope}:{address_bucket(request)}:{minute}"
        cache.add(key, 0, timeout=2 * MINUTE)
        try:
            return cache.incr(key) <= self.most
        except ValueError:  # the cache was emptied between add and incr
            return True

    def wait(self) -> float:
        """Return the seconds until the next minute begins."""
        return MINUTE - clock.now().timestamp() % MINUTE


View = Callable[..., HttpResponseBase]


def throttled(scope: str) -> Callable[[View], View]:
    """Decorate a view: over the rate of `scope` it answers 429, with a page and a Retry-After header."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            throttle = BucketThrottle(scope)
            if throttle.allow_request(request, view):
                return view(request, *args, **kwargs)
            seconds = int(throttle.wait()) + 1
            response = render(request, "429.html", {"seconds": seconds}, status=429)
            response.headers["Retry-After"] = str(seconds)
            return response

        return wrapped

    return decorate
