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
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from rest_framework.throttling import SimpleRateThrottle

BUCKETS = 4096


def address_bucket(request: HttpRequest) -> str:
    """The bucket of the caller's address for this hour, for example 'bucket-1234'.

    The address is what the server in front has put in REMOTE_ADDR; X-Forwarded-For is not believed here.
    """
    moment = f"{timezone.now():%Y%m%d%H}"
    address = str(request.META.get("REMOTE_ADDR", ""))
    digest = hmac.new(settings.SECRET_KEY.encode(), f"{moment}|{address}".encode(), hashlib.sha256).digest()
    return f"bucket-{int.from_bytes(digest[:4], 'big') % BUCKETS}"


class BucketThrottle(SimpleRateThrottle):
    """DRF's rate throttle over address buckets. The rate comes from settings.THROTTLE_RATES[scope]."""

    def __init__(self, scope: str) -> None:
        self.scope = scope
        self.rate = str(settings.THROTTLE_RATES[scope])
        super().__init__()

    def get_cache_key(self, request: Any, view: Any) -> str:
        return f"throttle:{self.scope}:{address_bucket(request)}"


View = Callable[..., HttpResponseBase]


def throttled(scope: str) -> Callable[[View], View]:
    """Decorate a view: over the rate of `scope` it answers 429 with a page that says when to try again."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            throttle = BucketThrottle(scope)
            if throttle.allow_request(request, view):  # type: ignore[arg-type]  # only META is read of it
                return view(request, *args, **kwargs)
            seconds = int(throttle.wait() or 60) + 1
            response = render(request, "429.html", {"seconds": seconds}, status=429)
            response.headers["Retry-After"] = str(seconds)
            return response

        return wrapped

    return decorate
