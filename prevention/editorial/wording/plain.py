"""Text without its typography: what a reader sees as the same words is the same here."""

from __future__ import annotations

import functools
import unicodedata

# Signs that Unicode does not unify: curly quotes, dashes, list dots.
SIGNS = {
    **dict.fromkeys("\u2018\u2019\u201b\u02bc\u2032`\u00b4", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb\u2033", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2212", "-"),
    **dict.fromkeys("\u2013\u2014\u2015", " - "),  # a dash parts clauses
    **dict.fromkeys("\u2022\u00b7\u25cf\u25aa", "*"),
    "\u2044": "/",
    "\u00b5": "u",
    "\u03bc": "u",
}
UNSEEN = {"Cf", "Mn", "Me", "Cc"}  # zero width, soft hyphens, accents, controls


@functools.lru_cache(maxsize=4096)
def _seen(char: str) -> str:
    """Return one character as it is read: "" for an unseen one, "1/2" for a half."""
    if char in "\n\t\r\v\f\u2028\u2029\u0085":
        return " " if char == "\t" else "\n"
    shown = SIGNS.get(char) or unicodedata.normalize("NFKD", char)
    kept = (SIGNS.get(part, part) for part in shown)
    return "".join(part for part in kept if unicodedata.category(part[0]) not in UNSEEN)


def plain(text: str) -> tuple[str, list[int]]:
    """Return the text in plain characters, and for each of them its place in the text that came in.

    The list has one place more than there are characters: the end.
    """
    if text.isascii() and text.isprintable():
        return text, list(range(len(text) + 1))
    seen = [_seen(char) for char in text]
    places = [place for place, part in enumerate(seen) for _ in part]
    return "".join(seen), [*places, len(text)]
