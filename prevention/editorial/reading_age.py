"""How hard a text is to read: the Flesch-Kincaid grade.

Source: Kincaid, Fishburne, Rogers and Chissom (1975), "Derivation of new readability formulas for Navy
enlisted personnel", Research Branch Report 8-75, Naval Technical Training Command. The formula is theirs; the
way to count syllables below is ours, right for about nine words in ten, and needs no dictionary.
"""

from __future__ import annotations

import re

WORD = re.compile(r"[A-Za-z]+(?:['\u2019][A-Za-z]+)*")
# A list item or a heading is read as a sentence, although nothing ends it but the line.
SENTENCE_END = re.compile(r"[.!?]+(?=\s|$)|\n\s*(?:\n|[-*#\d])")
LINK_TARGET = re.compile(r"\]\([^)]*\)|https?://\S+")
VOWELS = re.compile(r"[aeiouy]+")
# Written but not said: made, makes, used. Said all the same: uses, wanted, needed, table, bottles.
SILENT_ENDING = re.compile(
    r"(?<![aeiouy])(?:(?<!l)e|(?<=[aeiouy]l)e|(?<![sxzcgl])(?<![sc]h)es|(?<=[aeiouy]l)es|(?<![td])ed)$"
)
# Two sounds in one run of vowels: violent, anxiety, being, anyone, idea. Not: special, nation, patient.
SPLIT_VOWELS = re.compile(
    r"(?<![cstgx])i(?:a|o|u(?!e))|(?<![cst])ie(?=nt|nc|t)|[aeou]ing|y(?=on)|(?<=[rd])(?:ea|eo)$|eu(?=m)"
)
YEARS_BEFORE_GRADE_ONE = 5


def count_syllables(word: str) -> int:
    """Return about how many syllables an English word has; never less than one."""
    lowered = re.sub(r"[^a-z]", "", word.lower())
    spoken = SILENT_ENDING.sub("", lowered) if len(lowered) > len("the") else lowered
    return max(1, len(VOWELS.findall(spoken)) + len(SPLIT_VOWELS.findall(spoken)))


def flesch_kincaid_grade(text: str) -> float:
    """Return the US school grade that can read a plain or Markdown text; 0.0 when it has no words."""
    readable = LINK_TARGET.sub("", text)
    words = WORD.findall(readable)
    if not words:
        return 0.0
    sentences = sum(1 for part in SENTENCE_END.split(readable) if WORD.search(part))
    syllables = sum(count_syllables(word) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


def reading_age(text: str) -> float:
    """Return the age in years at which a child can read a text: the grade plus five."""
    return flesch_kincaid_grade(text) + YEARS_BEFORE_GRADE_ONE
