"""Measures how hard a text is to read, as a Flesch-Kincaid grade or an age in years.

Source: Kincaid, Fishburne, Rogers and Chissom (1975), "Derivation of new readability formulas for Navy
enlisted personnel", Research Branch Report 8-75, Naval Technical Training Command. The formula is theirs. The
count of syllables is ours: it needs no dictionary, and is right for about nine words in ten.
"""

from __future__ import annotations

import re

WORD = re.compile(r"[A-Za-z]+(?:['\u2019][A-Za-z]+)*")
# A list item or a heading counts as a sentence, although it has no full stop.
SENTENCE_END = re.compile(r"[.!?]+(?=\s|$)|\n\s*(?:\n|[-*#\d])")
LINK_TARGET = re.compile(r"\]\([^)]*\)|https?://\S+")
VOWELS = re.compile(r"[aeiouy]+")
# Endings that are not spoken: made, makes, used. Those of uses, wanted, needed, table, bottles are spoken.
SILENT_ENDING = re.compile(
    r"(?<![aeiouy])(?:(?<!l)e|(?<=[aeiouy]l)e|(?<![sxzcgl])(?<![sc]h)es|(?<=[aeiouy]l)es|(?<![td])ed)$"
)
# Two syllables in one run of vowels: violent, anxiety, being, anyone, idea. Not: special, nation, patient.
SPLIT_VOWELS = re.compile(
    r"(?<![cstgx])i(?:a|o|u(?!e))|(?<![cst])ie(?=nt|nc|t)|[aeou]ing|y(?=on)|(?<=[rd])(?:ea|eo)$|eu(?=m)"
)
YEARS_BEFORE_GRADE_ONE = 5


def count_syllables(word: str) -> int:
    """Return the estimated number of syllables of an English word; at least 1."""
    lowered = re.sub(r"[^a-z]", "", word.lower())
    spoken = SILENT_ENDING.sub("", lowered) if len(lowered) > len("the") else lowered
    return max(1, len(VOWELS.findall(spoken)) + len(SPLIT_VOWELS.findall(spoken)))


def flesch_kincaid_grade(text: str) -> float:
    """Return the US school grade at which a plain or Markdown text can be read; 0.0 when it has no words."""
    readable = LINK_TARGET.sub("", text)
    words = WORD.findall(readable)
    if not words:
        return 0.0
    sentences = sum(1 for part in SENTENCE_END.split(readable) if WORD.search(part))
    syllables = sum(count_syllables(word) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


def reading_age(text: str) -> float:
    """Return the age in years at which a text can be read: its Flesch-Kincaid grade plus five."""
    return flesch_kincaid_grade(text) + YEARS_BEFORE_GRADE_ONE
