"""Throttles that count buckets of addresses, never an address, and never anything that names a person.

An address is folded with a keyed hash into one of 4,096 buckets, with a new key every hour. Many addresses
share each bucket, so that neither the cache nor its backup says who came; one busy script still fills its
bucket and is slowed down.
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
    """The bucket of the caller's address for this hour, for example 'bucket-1234'.

    The address is what the server in front has put in REMOTE_ADDR; X-Forwarded-For is not believed here.
    """
    moment = f"{clock.now():%Y%m%d%H}"
    address = str(request.META.get("REMOTE_ADDR", ""))
    digest = hmac.new(settings.SECRET_KEY.encode(), f"{moment}|{address}".encode(), hashlib.sha256).digest()
    return f"bucket-{int.from_bytes(digest[:4], 'big') % BUCKETS}"


class BucketThrottle(BaseThrottle):
    """So many requests of one bucket in one minute: a number that dies with the minute, and no moment in it.

    The rate comes from settings.THROTTLE_RATES[scope], requests a minute. (DRF's own rate throttle keeps the
    exact moment of every request.)
    """

    def __init__(self, scope: str) -> None:
        self.scope = scope
        self.most = int(settings.THROTTLE_RATES[scope])

    def allow_request(self, request: HttpRequest | Request, view: Any) -> bool:
        """Count the request; False when its bucket has had enough for this minute."""
        minute = int(clock.now().timestamp() // MINUTE)
        key = f"throttle:{self.scope}:{address_bucket(request)}:{minute}"
        cache.add(key, 0, timeout=2 * MINUTE)
        try:
            return cache.incr(key) <= self.most
        except ValueError:  # the cache was emptied in between
            return True

    def wait(self) -> float:
        """Seconds until the next minute begins."""
        return MINUTE - clock.now().timestamp() % MINUTE


View = Callable[..., HttpResponseBase]


def throttled(scope: str) -> Callable[[View], View]:
    """Decorate a view: over the rate of `scope` it answers 429 with a page that says when to try again."""

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
