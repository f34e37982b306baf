"""Phrases that editors enter, and the look-up of those that a question contains.

A phrase matches when the stems of all its words are in the question close together, in any order. Its target
is what it leads to: the code of an intent, the id of a page as text, or a nation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from search.language.english import is_english, sound, stem, stem_of_ours
from search.language.text import words_of

EXACT = "="  # marks a word of a phrase that matches in this form only: '=fitting' does not match 'fit'
SLACK = 3  # the number of other words that may be between the words of a phrase
SHORTEST_CORRECTED = 5  # characters; a shorter word is not corrected
LIKENESS = 0.75  # the least similarity (0 to 1) of a misspelt word to a word of a phrase
LIKENESS_BY_SOUND = 0.6  # the same for words that sound alike


Stemmed = tuple[str, str]  # (folded word, its stem)


def stemmed(words: Sequence[str]) -> list[Stemmed]:
    """Return (word, stem) of each folded word. Stemming is done once, however many books are searched."""
    return [(word, stem(word) if word else "") for word in words]


@dataclass(frozen=True)
class Phrase:
    """The stems of one line that an editor entered, and its target.

    An exception (a line that begins with '!') cancels matches of the same target that lie inside it.
    """

    stems: tuple[str, ...]
    target: str
    is_exception: bool = False


@dataclass(frozen=True)
class PhraseMatch:
    """A target that a question matches, and the positions in the question of the words that match it."""

    target: str
    words: frozenset[int]

    @property
    def strength(self) -> int:
        """The number of words that match."""
        return len(self.words)


@dataclass(frozen=True)
class PhraseBook:
    """Phrases, each under the rarest of its stems, and the words to which misspelt words are corrected.

    `same` is {stem: the stem that it counts as}.
    """

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
        """Return a book of `lines`, which are pairs (line that an editor entered, target).

        `same` is {stem: the stem that it counts as}. `titles` are such pairs too, but misspelt words are not
        corrected to words of titles, because these are too many.
        """
        same = same or {}
        phrases: dict[Phrase, None] = {}
        vocabulary: dict[str, None] = {}
        uses: dict[str, int] = {}
        from_editors = [(line, target, True) for line, target in lines]
        from_titles = [(line, target, False) for line, target in titles]
        for line, target, corrects in [*from_editors, *from_titles]:
            words = words_of(line)
            if not words:
                continue
            stems = tuple(_stems(line, same))
            phrases.setdefault(Phrase(stems, target, line.lstrip().startswith("!")))
            vocabulary.update(dict.fromkeys(words if corrects else ()))
            for one in stems:
                uses[one] = uses.get(one, 0) + 1
        by_stem: dict[str, list[Phrase]] = {}
        for phrase in phrases:
            by_stem.setdefault(min(phrase.stems, key=lambda one: uses[one]), []).append(phrase)
        long_words = tuple(word for word in vocabulary if len(word) >= SHORTEST_CORRECTED)
        return cls({one: tuple(rows) for one, rows in by_stem.items()}, long_words, same)

    def corrected(self, word: str) -> tuple[str, float]:
        """Return the word of a phrase that the folded `word` misspells, and their likeness (0 to 1).

        Return (`word`, 0) if there is none, or if `word` is English.
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

    def matches(self, words: Sequence[Stemmed]) -> list[PhraseMatch]:
        """Return one match for each target, in no particular order. An empty word matches nothing."""
        positions: dict[str, list[int]] = {}
        for position, (word, one) in enumerate(words):
            if word:
                positions.setdefault(self.same.get(one, one), []).append(position)
                positions.setdefault(f"{EXACT}{word}", []).append(position)
        found: dict[str, list[list[frozenset[int]]]] = {}
        taken_back: dict[str, set[int]] = {}
        for one in positions:
            for phrase in self.by_stem.get(one, ()):
                where = _together(phrase.stems, positions)
                if phrase.is_exception:
                    taken_back.setdefault(phrase.target, set()).update(*where)
                elif where:
                    found.setdefault(phrase.target, []).append(where)
        matched = []
        for target, phrases in found.items():
            gone = taken_back.get(target, set())
            left = [kept for where in phrases if (kept := [span for span in where if not span <= gone])]
            if left:
                matched.append(
                    PhraseMatch(target, frozenset().union(*(min(kept, key=_width) for kept in left)))
                )
        return matched


def _stems(line: str, same: Mapping[str, str]) -> Iterator[str]:
    for part in line.split():
        for word in words_of(part):
            one = stem_of_ours(word)
            yield f"{EXACT}{word}" if part.lstrip("!").startswith(EXACT) else same.get(one, one)


def _together(stems: tuple[str, ...], positions: Mapping[str, list[int]]) -> list[frozenset[int]]:
    """Return the positions of all stems, for each place where they are within len(stems) + SLACK words."""
    if any(one not in positions for one in stems):
        return []
    window = len(stems) + SLACK
    found: dict[frozenset[int], None] = {}
    for start in sorted(position for one in stems for position in positions[one]):
        chosen = frozenset(min(positions[one], key=lambda position: abs(position - start)) for one in stems)
        if _width(chosen) < window and len(chosen) == len(set(stems)):
            found.setdefault(chosen)
    return list(found)


def _width(positions: frozenset[int]) -> int:
    return max(positions) - min(positions)


def same_stems(lines: Iterable[str]) -> dict[str, str]:
    """Return {stem: stem of the first word of its line} for lines of words that mean the same.

    For example 'friend, mate' gives {'mate': 'friend'}.
    """
    same: dict[str, str] = {}
    for line in lines:
        first, *others = [stem_of_ours(word) for word in words_of(line)] or [""]
        same.update({other: first for other in others if other != first})
    return same
