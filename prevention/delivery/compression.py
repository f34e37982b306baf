"""Compressing answers: which coding a browser takes, and the bytes in it."""

from __future__ import annotations

import gzip

import brotli

CODINGS = ("br", "gzip")  # the smallest first
SMALLEST_COMPRESSED = 1_000  # bytes; below this compressing gains nothing
# Measured on a drug page of 48 KB: gzip 11.4 KB; brotli at 5 10.6 KB in 1 ms, at 10 9.5 KB in 15 ms.
QUICK_BROTLI = 5
SMALL_BROTLI = 10


def coding_for(header: str) -> str | None:
    """Return the smallest coding of CODINGS that an Accept-Encoding header takes; None when it takes none."""
    taken = set()
    for part in header.lower().split(","):
        coding, _, weight = part.partition(";")
        if weight.replace(" ", "").rstrip("0.") != "q=":  # q=0, q=0.0: not this one
            taken.add(coding.strip())
    return next((coding for coding in CODINGS if coding in taken), None)


def compress(body: bytes, coding: str, *, small: bool) -> bytes:
    """Return `body` in a coding of CODINGS. `small` takes longer for fewer bytes: for what is kept."""
    if coding == "br":
        return bytes(brotli.compress(body, quality=SMALL_BROTLI if small else QUICK_BROTLI))
    return gzip.compress(body, 6, mtime=0)  # mtime=0: the same page gives the same bytes on every worker
