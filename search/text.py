"""Text as search compares it. Pure functions."""

from __future__ import annotations

import re
import unicodedata

# Longer than any question; what comes after is not looked at.
LONGEST_QUERY = 200  # characters

_APOSTROPHES = re.compile("['\u2019\u2018`\u00b4]")
_NOT_WORDS = re.compile(r"[^a-z0-9]+")


def fold(text: str) -> str:
    """`text` in small letters without accents, apostrophes or punctuation, with single spaces.

    Anything can come in (control characters, lone surrogates, other scripts); only a-z, 0-9 and spaces come
    out.
    """
    decomposed = unicodedata.normalize("NFKD", text[:LONGEST_QUERY].casefold())
    return _NOT_WORDS.sub(" ", _APOSTROPHES.sub("", decomposed).encode("ascii", "ignore").decode()).strip()


def words_of(text: str) -> list[str]:
    """The folded words of `text`."""
    return fold(text).split()
