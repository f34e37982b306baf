"""Phrases that editors give: which of them a question holds. Pure.

A phrase matches when the stems of all its words stand in the question close together, in any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from search.english import is_english, sound, stem, stem_of_ours
from search.text import words_of

EXACT = "="  # before a word that counts in this form only: '=fitting' is not 'fit'
SLACK = 3  # words that may stand between those of a phrase
SHORTEST_CORRECTED = 5  # characters; a shorter word that is no English is left as it is
LIKENESS = 0.75  # of a misspelt word to a word of a phrase; less is enough when they sound the same
LIKENESS_BY_SOUND = 0.6


Stemmed = tuple[str, str]  # a word, and its stem


def stemmed(words: Sequence[str]) -> list[Stemmed]:
    """Each word with its stem: made once for a question, however many books it is looked up in."""
    return [(word, stem(word) if word else "") for word in words]


@dataclass(frozen=True)
class Phrase:
    """The stems of one line of an editor, and what it calls for. An exception takes the line's match back."""

    stems: tuple[str, ...]
    calls_for: str
    is_exception: bool = False


@dataclass(frozen=True)
class Called:
    """What a question calls for, and where it says so. More words say it more strongly."""

    calls_for: str
    words: frozenset[int]

    @property
    def strength(self) -> int:
        return len(self.words)


@dataclass(frozen=True)
class PhraseBook:
    """Phrases by the least usual of their stems; and every word in them, to correct misspelt ones by."""

    by_stem: Mapping[str, tuple[Phrase, ...]]
    vocabulary: tuple[str, ...]
    same: Mapping[str, str]

    @classmethod
    def of(
        cls,
        lines: Iterable[tuple[str, str]],
        same: Mapping[str, str] | None = None,
        *,
        titles: Iterable[tuple[str, str]] = (),
    ) -> PhraseBook:
        """A book of (line of an editor, what it calls for). `same`: a stem, and the one that it counts as.

        `titles` are lines too; no misspelt word is corrected to one of theirs, as there are many of them.
        """
        same = same or {}
        phrases: dict[Phrase, None] = {}
        vocabulary: dict[str, None] = {}
        uses: dict[str, int] = {}
        from_editors = [(line, calls_for, True) for line, calls_for in lines]
        from_titles = [(line, calls_for, False) for line, calls_for in titles]
        for line, calls_for, corrects in [*from_editors, *from_titles]:
            words = words_of(line)
            if not words:
                continue
            stems = tuple(_stems(line, same))
            phrases.setdefault(Phrase(stems, calls_for, line.lstrip().startswith("!")))
            vocabulary.update(dict.fromkeys(words if corrects else ()))
            for one in stems:
                uses[one] = uses.get(one, 0) + 1
        by_stem: dict[str, list[Phrase]] = {}
        for phrase in phrases:
            by_stem.setdefault(min(phrase.stems, key=lambda one: uses[one]), []).append(phrase)
        long_words = tuple(word for word in vocabulary if len(word) >= SHORTEST_CORRECTED)
        return cls({one: tuple(rows) for one, rows in by_stem.items()}, long_words, same)

    def corrected(self, word: str) -> tuple[str, float]:
        """The word of a phrase that `word` misspells and how like it is; `word` and 0 when it is none.

        English words are taken as they are.
        """
        if len(word) < SHORTEST_CORRECTED or not word.isalpha() or is_english(word):
            return word, 0.0
        found = process.extract(
            word, self.vocabulary, scorer=OSA.normalized_similarity, score_cutoff=LIKENESS_BY_SOUND, limit=5
        )
        for candidate, likeness, _ in found:
            if likeness >= LIKENESS or sound(candidate) == sound(word):
                return candidate, likeness
        return word, 0.0

    def called(self, words: Sequence[Stemmed]) -> list[Called]:
        """What the words call for, in no order. An empty word stands for one that is not to be looked at."""
        places: dict[str, list[int]] = {}
        for place, (word, one) in enumerate(words):
            if word:
                places.setdefault(self.same.get(one, one), []).append(place)
                places.setdefault(f"{EXACT}{word}", []).append(place)
        found: dict[str, list[list[frozenset[int]]]] = {}
        taken_back: dict[str, set[int]] = {}
        for one in places:
            for phrase in self.by_stem.get(one, ()):
                where = _together(phrase.stems, places)
                if phrase.is_exception:
                    taken_back.setdefault(phrase.calls_for, set()).update(*where)
                elif where:
                    found.setdefault(phrase.calls_for, []).append(where)
        called = []
        for calls_for, phrases in found.items():
            gone = taken_back.get(calls_for, set())
            left = [kept for where in phrases if (kept := [span for span in where if not span <= gone])]
            if left:
                called.append(Called(calls_for, frozenset().union(*(min(kept, key=_width) for kept in left))))
        return called


def _stems(line: str, same: Mapping[str, str]) -> Iterator[str]:
    for part in line.split():
        for word in words_of(part):
            one = stem_of_ours(word)
            yield f"{EXACT}{word}" if part.lstrip("!").startswith(EXACT) else same.get(one, one)


def _together(stems: tuple[str, ...], places: Mapping[str, list[int]]) -> list[frozenset[int]]:
    """Wherever all the stems stand within the window: their places."""
    if any(one not in places for one in stems):
        return []
    window = len(stems) + SLACK
    found: dict[frozenset[int], None] = {}
    for start in sorted(place for one in stems for place in places[one]):
        chosen = frozenset(min(places[one], key=lambda place: abs(place - start)) for one in stems)
        if _width(chosen) < window and len(chosen) == len(set(stems)):
            found.setdefault(chosen)
    return list(found)


def _width(places: frozenset[int]) -> int:
    return max(places) - min(places)


def same_stems(lines: Iterable[str]) -> dict[str, str]:
    """Stems that count as another: of each line all words count as its first ('friend, mate, bestie')."""
    same: dict[str, str] = {}
    for line in lines:
        first, *others = [stem_of_ours(word) for word in words_of(line)] or [""]
        same.update({other: first for other in others if other != first})
    return same
