"""Recognise names in the words of a question. Pure: it is given the lexicon and touches nothing else.

A name counts as recognised when it stands in the question whole. A beginning or a likely misspelling is only
ever a suggestion: two edits can lie between two drugs, and a wrong drug named as right can hurt.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from search.language.english import STOPWORDS, content_words, is_english, is_everyday, sound
from search.language.phrases import stemmed
from search.language.text import singular, spellings
from search.query.lexicon import SHORTEST_FUZZY, Entry, Lexicon

SHORTEST_PREFIX = 4
SHORTEST_RESPACED = 5  # characters of a name that is found when the spaces in it are elsewhere
JOINING = frozenset({"and", "n", "or", "with", "plus", "on", "mixed", "then", "vs"})
MOST_MISSPELT = 3  # words of one question that are compared with every name
LONGEST_MISSPELT = 3  # words of a name of several words that is looked for as misspelt
MOST_GUESSES = 3
SHORTEST_RUN_TOGETHER = (
    8  # characters of 'magicmushrom': a name of several words, written as one and misspelt
)
CANDIDATES = 12

# How like a name a misspelling must be: the share of letters that are right (1 - edits / length), with
# something added when it sounds like the name. Calibrated on misspelt names against English words, random
# letters and names of drugs that have no page (tests/search/test_names.py).
LETTERS = 0.65
TOGETHER = 0.75
PLAINLY = 0.95
SOUNDS_SAME, SOUNDS_LIKE = 0.12, 0.06
BESIDE = 0.06  # a second guess is shown when it is as near as this to the first


@dataclass(frozen=True)
class Match:
    """A name that the question holds (`certain`) or may mean. `how`: exact, prefix or near.

    `ordinary`: in other sentences it is an ordinary word or phrase.
    """

    entry: Entry
    typed: str
    how: str
    span: range
    likeness: float = 1.0
    ordinary: bool = False

    @property
    def certain(self) -> bool:
        return self.how == "exact"


# Exact


def exact(words: Sequence[str], lexicon: Lexicon) -> list[Match]:
    """Whole names in the question, the longest first, none inside another; all drugs of each name."""
    found: list[tuple[range, tuple[Entry, ...]]] = []
    covered: set[int] = set()
    for length in range(min(lexicon.longest + 1, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            span = range(start, start + length)
            if covered.isdisjoint(span) and (entries := _named(words[start : start + length], lexicon)):
                covered.update(span)
                found.append((span, entries))
    found.sort(key=lambda row: row[0].start)
    return [
        Match(
            entry,
            " ".join(words[span.start : span.stop]),
            "exact",
            span,
            ordinary=len(span) < len(words) and _has_other_sense(words, span, entries),
        )
        for span, entries in _meant(words, found, lexicon)
        for entry in entries
    ]


def _named(part: Sequence[str], lexicon: Lexicon) -> tuple[Entry, ...]:
    """The entries of a name that `part` is, in the singular or plural, or with digits for letters."""
    key = "".join(part)
    for typed in (key, *spellings(key)):
        entries = lexicon.names.get(typed) or lexicon.singulars.get(singular(typed), ())
        if entries and len(part) > 1:
            spaced = " ".join(part)
            # 'me th' is no 'meth', nor 'can ket' a 'CanKet'; 'kit-kat' is a 'kitkat', and '2-CB' a '2C-B'.
            entries = tuple(
                entry
                for entry in entries
                if entry.folded.count(" ") == spaced.count(" ")
                or not key.isalpha()
                or (len(key) >= SHORTEST_RESPACED and STOPWORDS.isdisjoint(part))
            )
        if entries:
            return entries
    return ()


def _meant(
    words: Sequence[str], found: list[tuple[range, tuple[Entry, ...]]], lexicon: Lexicon
) -> Iterator[tuple[range, tuple[Entry, ...]]]:
    """Those of the names found that are meant as such: a word of another sense needs a sign beside it."""
    covered = {position for span, _ in found for position in span}
    rest = [word for position, word in enumerate(words) if position not in covered]
    alone = not content_words(rest)
    about_drugs = any(_has_other_sense(words, *row) for row in found) and bool(
        lexicon.context.matches(stemmed(rest))
    )
    clear = {position for row in found if not _has_other_sense(words, *row) for position in row[0]}
    for span, entries in found:
        if not (alone and len(found) == 1) and _is_another_word(words, span, entries):
            continue
        everyday = len(span) == 1 and is_everyday(words[span.start])
        if (
            clear.issuperset(span)
            or (alone and (len(span) == len(words) or not everyday))
            or (not everyday and (about_drugs or _is_listed_with(words, span, clear)))
        ):
            yield span, entries


def _is_listed_with(words: Sequence[str], span: range, clear: set[int]) -> bool:
    """Does it stand beside a clear name, or is it joined to one: 'mdma and coke'?"""
    for position, step in ((span.start - 1, -1), (span.stop, 1)):
        if position in clear or (
            position + step in clear and 0 <= position < len(words) and words[position] in JOINING
        ):
            return True
    return False


def _has_other_sense(words: Sequence[str], span: range, entries: tuple[Entry, ...]) -> bool:
    """Is it also an ordinary word ('crystal', 'gas'), or too short to be sure of ('k')?"""
    typed = words[span.start : span.stop]
    ordinary = all(is_english(word) or not word.isalpha() for word in typed) or len("".join(typed)) < 3
    return ordinary and (_is_another_word(words, span, entries) or any(entry.ambiguous for entry in entries))


def _is_another_word(words: Sequence[str], span: range, entries: tuple[Entry, ...]) -> bool:
    """Is it only the singular or plural of a name, and a word of its own: 'legal' of 'legals', 'dose'?"""
    word = words[span.start]
    return len(span) == 1 and word != entries[0].key and is_english(word)


# Near


def near(words: Sequence[str], sure: Sequence[Match], lexicon: Lexicon) -> list[Match]:
    """Names that words which are no English nearly spell, the likeliest first."""
    covered = {position for match in sure for position in match.span}
    strange = [
        position
        for position, word in enumerate(words)
        if position not in covered and not lexicon.is_spelt_right(word)
    ]
    if not strange and not covered and len(words) <= LONGEST_MISSPELT:
        whole = range(len(words))
        return _apart([match for match in _nearest(words, whole, lexicon) if _sounds_the_same(match)])
    guesses: list[Match] = []
    for position in strange[:MOST_MISSPELT]:
        best: list[Match] = []
        for span in _windows(position, len(words)):
            best += _nearest(words, span, lexicon)
        best.sort(key=lambda match: (-match.likeness - 0.02 * (len(match.span) - 1), match.entry.order))
        guesses += _apart(best)
    return guesses


def _sounds_the_same(match: Match) -> bool:
    """What English words must do to be taken for a name: 'whiz' may be 'whizz', 'nitrate' 'nitrite'."""
    return sound(match.typed) == sound(match.entry.folded) and match.likeness >= PLAINLY


def _windows(position: int, count: int) -> Iterator[range]:
    """The spans of up to LONGEST_MISSPELT words that `position` is in."""
    for length in range(1, LONGEST_MISSPELT + 1):
        for start in range(max(0, position - length + 1), min(position, count - length) + 1):
            yield range(start, start + length)


def _nearest(words: Sequence[str], span: range, lexicon: Lexicon) -> Iterator[Match]:
    typed = "".join(words[span.start : span.stop])
    shown = " ".join(words[span.start : span.stop])
    if len(typed) < SHORTEST_FUZZY:
        return
    found: list[tuple[str, float]] = []
    if len(span) == 1:
        found = _like(typed, lexicon.one_word.likely(typed)) or _like(typed, lexicon.one_word.keys)
    if len(span) > 1 or len(typed) >= SHORTEST_RUN_TOGETHER:
        found += _like(typed, lexicon.several_words.likely(typed))
    for key, likeness in found:
        for entry in lexicon.names[key]:
            yield Match(entry, shown, "near", span, likeness)


def _like(typed: str, keys: Sequence[str]) -> list[tuple[str, float]]:
    """The keys that `typed` may misspell: (key, likeness)."""
    found = process.extract(
        typed, keys, scorer=OSA.normalized_similarity, score_cutoff=LETTERS, limit=CANDIDATES
    )
    rows = [(key, _likeness(typed, key, letters)) for key, letters, _ in found]
    return [(key, likeness) for key, likeness in rows if likeness >= _needed(typed, key)]


def _likeness(typed: str, key: str, letters: float) -> float:
    """Of letters and sound together. People get the first letter, or its sound, right nearly always."""
    ours, theirs = sound(typed), sound(key)
    heard = OSA.normalized_similarity(ours, theirs) if ours and theirs else 0.0
    first = 0.0 if typed[0] == key[0] or ours[:1] == theirs[:1] else -0.05
    return float(letters + first + (SOUNDS_SAME if heard == 1 else SOUNDS_LIKE if heard >= 0.75 else 0.0))


def _needed(typed: str, key: str) -> float:
    """The shorter the word, the more of it must be right."""
    shortest = min(len(typed), len(key))
    return TOGETHER + (0.1 if shortest < 5 else 0.05 if shortest < 6 else 0.0)


def _apart(matches: Sequence[Match]) -> list[Match]:
    """The best match, and others that are nearly as good, one a page."""
    pages: dict[int, Match] = {}
    for match in matches:
        if match.likeness >= matches[0].likeness - BESIDE:
            pages.setdefault(match.entry.target.page_id, match)
    return list(pages.values())[:MOST_GUESSES]


# Beginnings


def beginning(typed: str, lexicon: Lexicon, *, most: int) -> list[Entry]:
    """The names in which a word begins with the key `typed`: those that begin with it themselves first."""
    position = bisect_left(lexicon.starts, (typed,))
    keys: dict[str, bool] = {}
    while position < len(lexicon.starts) and lexicon.starts[position][0].startswith(typed):
        key = lexicon.starts[position][1]
        keys.setdefault(key, key.startswith(typed))
        position += 1
    first = heapq.nsmallest(most * 4, keys, key=lambda key: (not keys[key], lexicon.order[key]))
    pages: dict[int, Entry] = {}
    for key in first:
        for entry in lexicon.names.get(key) or lexicon.subjects[key]:
            pages.setdefault(entry.target.page_id, entry)
    return list(pages.values())[:most]
