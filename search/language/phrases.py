"""Phrases that editors give: which of them a question holds. Nothing here touches the database.

A phrase matches when the stems of all its words stand in the question close together, in any order. What a
phrase stands for is its target: the code of an intent, the id of a page, a nation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from search.language.english import is_english, sound, stem, stem_of_ours
from search.language.text import words_of

EXACT = "="  # before a word that counts in this form only: '=fitting' is not 'fit'
SLACK = 3  # words that may stand between those of a phrase
SHORTEST_CORRECTED = 5  # characters; a shorter word that is no English is left as it is
LIKENESS = 0.75  # of a misspelt word to a word of a phrase; less is enough when they sound the same
LIKENESS_BY_SOUND = 0.6


Stemmed = tuple[str, str]  # a word, and its stem


def stemmed(words: Sequence[str]) -> list[Stemmed]:
    """Return each word with its stem: done once for a question, however many books it is looked up in."""
    return [(word, stem(word) if word else "") for word in words]


@dataclass(frozen=True)
class Phrase:
    """The stems of one line of an editor, and its target. An exception cancels matches of its target."""

    stems: tuple[str, ...]
    target: str
    is_exception: bool = False


@dataclass(frozen=True)
class PhraseMatch:
    """A target that a question matches, and the positions of the words that match it.

    The more words match, the stronger the match.
    """

    target: str
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
        """Return a book of (line of an editor, target). `same`: {a stem: the stem that it counts as}.

        `titles` are pairs too; no misspelt word is corrected to a word of a title, as there are too many.
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
        """Return the word of a phrase that `word` misspells, and how alike they are (0 to 1).

        Return `word` itself and 0 when it misspells none. English words are taken as they are.
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
        """Return the targets that the words match, in no order. An empty word matches nothing."""
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
    """Return the positions of the stems, for each time that all of them stand within the window."""
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
    """Return {stem: the stem that it counts as}: all words of a line count as its first ('friend, mate')."""
    same: dict[str, str] = {}
    for line in lines:
        first, *others = [stem_of_ours(word) for word in words_of(line)] or [""]
        same.update({other: first for other in others if other != first})
    return same
