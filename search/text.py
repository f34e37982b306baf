"""Text as search compares it. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

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


# Words that are in every text: they would find every page. (The commonest of PostgreSQL's English list.)
STOPWORDS = frozenset(
    (
        "a",
        "about",
        "after",
        "all",
        "also",
        "am",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "because",
        "been",
        "before",
        "being",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "doing",
        "dont",
        "for",
        "from",
        "get",
        "got",
        "had",
        "has",
        "have",
        "having",
        "he",
        "her",
        "him",
        "his",
        "how",
        "i",
        "if",
        "im",
        "in",
        "into",
        "is",
        "it",
        "its",
        "ive",
        "just",
        "like",
        "me",
        "more",
        "most",
        "my",
        "no",
        "not",
        "of",
        "off",
        "on",
        "once",
        "only",
        "or",
        "other",
        "our",
        "out",
        "over",
        "own",
        "really",
        "she",
        "should",
        "so",
        "some",
        "such",
        "than",
        "that",
        "thats",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "through",
        "to",
        "too",
        "under",
        "until",
        "up",
        "us",
        "very",
        "was",
        "we",
        "were",
        "what",
        "whats",
        "when",
        "where",
        "which",
        "while",
        "who",
        "why",
        "will",
        "with",
        "would",
        "you",
        "your",
        "youre",
    )
)


def telling(words: Sequence[str]) -> list[str]:
    """`words` without those that are in every text; all of them when nothing else is left."""
    return [word for word in words if word not in STOPWORDS] or list(words)
