"""Recognise names in the words of a question. Pure functions of the words and the lexicon.

A name is recognised (`exact`) when all of it is in the question. The beginning of a name, or a likely
misspelling, is only ever a suggestion: two edits can turn one drug into another, and to name the wrong drug
with certainty can hurt somebody.
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

# Lengths in characters without spaces.
SHORTEST_PREFIX = 4
SHORTEST_RESPACED = 5  # of a name that is also found with its spaces in other places
JOINING = frozenset({"and", "n", "or", "with", "plus", "on", "mixed", "then", "vs"})
MOST_MISSPELT = 3  # the number of unknown words in a question that are compared with every name
LONGEST_MISSPELT = 3  # the number of words in a row that are compared with a name together
MOST_GUESSES = 3
# A name of several words that is written as one word and misspelt, such as 'magicmushrom'.
SHORTEST_RUN_TOGETHER = 8
CANDIDATES = 12

# How similar a misspelling must be to a name: the share of letters that are right (1 - edits / length), plus
# a bonus when both sound alike. Calibrated on misspelt names against English words, random letters and names
# of drugs that have no page (tests/search/test_names.py).
LETTERS = 0.65  # the least share of right letters, before the bonus
TOGETHER = 0.75  # the least sum of share and bonus
PLAINLY = 0.95  # the least sum for a word that is English itself
SOUNDS_SAME, SOUNDS_LIKE = 0.12, 0.06
BESIDE = 0.06  # a further guess is shown when its likeness is at most this much below that of the best


@dataclass(frozen=True)
class Match:
    """A name that is in the question (`certain`), or that the question may mean.

    `typed` is the text that matched and `span` the positions of its words; `how` is exact, prefix or near;
    `likeness` is 1 for exact matches; `ordinary` means that the text is an ordinary word or phrase elsewhere.
    """

    entry: Entry
    typed: str
    how: str
    span: range
    likeness: float = 1.0
    ordinary: bool = False

    @property
    def certain(self) -> bool:
        """Whether the whole name is in the question."""
        return self.how == "exact"


# Exact


def exact(words: Sequence[str], lexicon: Lexicon) -> list[Match]:
    """Return the names that are in the question whole, in the order of the question.

    Longer names are recognised first, and no name inside another one. A name that several drugs share gives
    one match for each drug.
    """
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
        for span, entries in _meant_as_names(words, found, lexicon)
        for entry in entries
    ]


def _named(part: Sequence[str], lexicon: Lexicon) -> tuple[Entry, ...]:
    """Return the entries of the name `part`, also in singular or plural, or with digits for letters."""
    key = "".join(part)
    for typed in (key, *spellings(key)):
        entries = lexicon.names.get(typed) or lexicon.singulars.get(singular(typed), ())
        if entries and len(part) > 1:
            spaced = " ".join(part)
            # With other spaces it must not be two words by chance: 'kit kat' is 'kitkat' and '2-CB' is
            # '2C-B', but 'me th' is not 'meth', and 'can ket' is not 'CanKet'.
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


def _meant_as_names(
    words: Sequence[str], found: list[tuple[range, tuple[Entry, ...]]], lexicon: Lexicon
) -> Iterator[tuple[range, tuple[Entry, ...]]]:
    """Yield those of the names found that are meant as names.

    A name that is also an ordinary word counts only if it is (nearly) the whole question, if it stands beside
    a clear name, or if other words show that the question is about drugs.
    """
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
    """Return whether the span is next to a clear name, or joined to one by a word ('mdma and coke')."""
    for position, step in ((span.start - 1, -1), (span.stop, 1)):
        if position in clear or (
            position + step in clear and 0 <= position < len(words) and words[position] in JOINING
        ):
            return True
    return False


def _has_other_sense(words: Sequence[str], span: range, entries: tuple[Entry, ...]) -> bool:
    """Return whether the name is also an ordinary word ('crystal', 'gas') or too short to be sure ('k')."""
    typed = words[span.start : span.stop]
    ordinary = all(is_english(word) or not word.isalpha() for word in typed) or len("".join(typed)) < 3
    return ordinary and (_is_another_word(words, span, entries) or any(entry.ambiguous for entry in entries))


def _is_another_word(words: Sequence[str], span: range, entries: tuple[Entry, ...]) -> bool:
    """Return whether the word is an English word that is like the name only in singular or plural.

    For example 'legal', when the name is 'legals'.
    """
    word = words[span.start]
    return len(span) == 1 and word != entries[0].key and is_english(word)


# Near


def near(words: Sequence[str], sure: Sequence[Match], lexicon: Lexicon) -> list[Match]:
    """Return the names that unknown words may misspell, for each word the most similar first.

    A question of up to LONGEST_MISSPELT English words is compared too, as one word, but only with names that
    sound the same.
    """
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
    """Return whether English words are like enough to a name to be a guess: 'whiz' is for 'whizz'."""
    return sound(match.typed) == sound(match.entry.folded) and match.likeness >= PLAINLY


def _windows(position: int, count: int) -> Iterator[range]:
    """Yield the spans of up to LONGEST_MISSPELT words, of `count` in all, that contain `position`."""
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
    """Return (key, likeness) of the keys that `typed` may misspell."""
    found = process.extract(
        typed, keys, scorer=OSA.normalized_similarity, score_cutoff=LETTERS, limit=CANDIDATES
    )
    rows = [(key, _likeness(typed, key, letters)) for key, letters, _ in found]
    return [(key, likeness) for key, likeness in rows if likeness >= _needed(typed, key)]


def _likeness(typed: str, key: str, letters: float) -> float:
    """Return the share of right letters `letters` with the bonus for the sound.

    Something is taken off when neither the first letter nor its sound is right: people seldom get that wrong.
    """
    ours, theirs = sound(typed), sound(key)
    heard = OSA.normalized_similarity(ours, theirs) if ours and theirs else 0.0
    first = 0.0 if typed[0] == key[0] or ours[:1] == theirs[:1] else -0.05
    return float(letters + first + (SOUNDS_SAME if heard == 1 else SOUNDS_LIKE if heard >= 0.75 else 0.0))


def _needed(typed: str, key: str) -> float:
    """Return the least likeness that counts: higher for words shorter than six characters."""
    shortest = min(len(typed), len(key))
    return TOGETHER + (0.1 if shortest < 5 else 0.05 if shortest < 6 else 0.0)


def _apart(matches: Sequence[Match]) -> list[Match]:
    """Return the best match and those nearly as good, one for each page; `matches` are sorted best first."""
    pages: dict[int, Match] = {}
    for match in matches:
        if match.likeness >= matches[0].likeness - BESIDE:
            pages.setdefault(match.entry.target.page_id, match)
    return list(pages.values())[:MOST_GUESSES]


# Beginnings


def beginning(typed: str, lexicon: Lexicon, *, most: int) -> list[Entry]:
    """Return at most `most` names in which a word begins with the key `typed`, one for each page.

    Names that begin with it themselves come first.
    """
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
