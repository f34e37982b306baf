"""Understand: a text becomes a Query. Pure: it is given the lexicon and touches nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from search.english import telling
from search.lexicon import Lexicon, Target
from search.names import MOST_GUESSES, SHORTEST_PREFIX, Match, beginning, exact, near
from search.phrases import Called, Stemmed, stemmed
from search.text import key_of, words_of

__all__ = ["Match", "Query", "Topic", "complete", "understand"]

OF_AN_INTENT = 0.5
DRUGS = frozenset({"drug", "drugs", "substance", "substances"})
_SECOND_NAME = re.compile(r" (?:and|or|with) |[(,:]")


@dataclass(frozen=True)
class Topic:
    """A page that the question is about, by the phrases that editors gave it. Stronger with more words."""

    target: Target
    strength: float


@dataclass(frozen=True)
class Query:
    """What was understood of a text."""

    words: tuple[str, ...] = ()
    matches: tuple[Match, ...] = ()
    topics: tuple[Topic, ...] = ()
    intents: tuple[str, ...] = ()  # codes, the most urgent first
    nation: str = ""  # of the UK, when the text names one or a place in it
    unknown_names: tuple[str, ...] = ()
    telling: tuple[str, ...] = field(default=())  # what to look for in the texts of pages

    @property
    def is_empty(self) -> bool:
        return not self.words

    @property
    def certain(self) -> list[Match]:
        return [match for match in self.matches if match.certain]

    @property
    def guesses(self) -> list[Match]:
        return [match for match in self.matches if not match.certain]


def understand(text: str, lexicon: Lexicon) -> Query:
    """Recognise the names, the subjects and the intents in `text`. Any string is allowed."""
    words = words_of(text)
    sure = exact(words, lexicon)
    guesses = near(words, sure, lexicon)
    if not sure and not guesses:
        guesses = _begun(words, lexicon)
    # A guess that explains more words than the name inside it is the better one ('synthetik cannabinoids').
    sure = [match for match in sure if not any(_is_inside(match.span, guess.span) for guess in guesses)]
    read = _read(words, sure, guesses, lexicon)
    called = _called(read, sure, guesses, lexicon)
    urgent = {place for one in called if one.calls_for in lexicon.urgent for place in one.words}
    # 'Wake up' is a tablet to some; to who asks for help it is not.
    sure = [match for match in sure if not (match.ordinary and urgent.intersection(match.span))]
    guesses = [match for match in guesses if not urgent.intersection(match.span)]
    matches = [*sure, *guesses]
    said = _said(read, called, matches, lexicon)
    intents = sorted((one.calls_for for one in called), key=lambda code: lexicon.intent_order[code])
    return Query(
        words=tuple(words),
        matches=tuple(_one_a_page(matches)),
        topics=tuple(_topics(said, called, lexicon)),
        intents=tuple(intents),
        nation=next((one.calls_for for one in lexicon.nations.called(read)), ""),
        unknown_names=tuple(_unknown(words, read, matches, called, lexicon)),
        telling=tuple(_telling(words, sure, [*called, *said])),
    )


def complete(text: str, lexicon: Lexicon, *, most: int) -> list[Match]:
    """Names for a search box: those that `text` is, begins or nearly spells, one a page."""
    words = words_of(text)
    typed = key_of(" ".join(words))
    if not typed:
        return []
    whole = range(len(words))
    sure = exact(words, lexicon) if len(typed) > 1 else []
    found = [match for match in sure if len(match.span) == len(words)]
    begun = beginning(typed, lexicon, most=most) if len(typed) > 1 else []
    found += [Match(entry, " ".join(words), "prefix", whole, len(typed) / len(entry.key)) for entry in begun]
    if len(found) < most:
        found += [match for match in sure if len(match.entry.key) > 2]
    if not found:
        found = near(words, sure, lexicon)
    return _one_a_page(found)[:most]


# Names


def _begun(words: Sequence[str], lexicon: Lexicon) -> list[Match]:
    """Names that the whole text begins."""
    typed = "".join(words)
    if len(typed) < SHORTEST_PREFIX or len(words) > 3 or (len(words) == 1 and lexicon.is_spelt_right(typed)):
        return []
    whole = range(len(words))
    return [
        Match(entry, " ".join(words), "prefix", whole, len(typed) / len(entry.key))
        for entry in beginning(typed, lexicon, most=MOST_GUESSES)
        if entry.key in lexicon.names
    ]


def _is_inside(inner: range, outer: range) -> bool:
    return len(inner) < len(outer) and outer.start <= inner.start and inner.stop <= outer.stop


def _one_a_page(matches: Sequence[Match]) -> list[Match]:
    """The first match of each page."""
    pages: dict[int, Match] = {}
    for match in matches:
        pages.setdefault(match.entry.target.page_id, match)
    return list(pages.values())


# Phrases


def _read(
    words: Sequence[str], sure: Sequence[Match], guesses: Sequence[Match], lexicon: Lexicon
) -> list[Stemmed]:
    """The words with their stems; a misspelt word of a phrase is mended, unless it is more like a drug."""
    known = {place for match in sure for place in match.span}
    likeness = {place: match.likeness for match in reversed(guesses) for place in match.span}
    mended = []
    for place, word in enumerate(words):
        better, how_like = word, 0.0
        if place not in known and not lexicon.is_spelt_right(word):
            better, how_like = max(
                (book.corrected(word) for book in (lexicon.intents, lexicon.topics)), key=lambda one: one[1]
            )
        mended.append(better if how_like > likeness.get(place, 0.0) else word)
    return stemmed(mended)


def _called(
    read: Sequence[Stemmed], sure: Sequence[Match], guesses: Sequence[Match], lexicon: Lexicon
) -> list[Called]:
    """The intents that the question calls for. A name and nothing else is no question: 'Dr Death'."""
    if any(len(match.span) == len(read) for match in sure):
        return []
    called = lexicon.intents.called(read)
    if not called or _is_about_drugs(read, [*sure, *guesses], lexicon):
        return called
    return [one for one in called if one.calls_for in lexicon.urgent or _speaks_for(one, read)]


def _is_about_drugs(read: Sequence[Stemmed], matches: Sequence[Match], lexicon: Lexicon) -> bool:
    return (
        any(match.entry.target.is_named for match in matches)
        or any(word in DRUGS for word, _ in read)
        or bool(lexicon.context.called(read))
    )


def _speaks_for(called: Called, read: Sequence[Stemmed]) -> bool:
    """Does a phrase speak for the whole question? One word of many may be about hair: 'treatment'."""
    said = telling([read[place][0] for place in called.words])
    return len(said) * 2 > len(telling([word for word, _ in read if word]))


def _said(
    read: Sequence[Stemmed], called: Sequence[Called], matches: Sequence[Match], lexicon: Lexicon
) -> list[Called]:
    """What the question says of the pages that are subjects. What it says of a drug is on the drug's page."""
    named = {
        place
        for match in matches
        if match.entry.target.is_named and not match.ordinary
        for place in match.span
    }
    rest = [("", "") if place in named else one for place, one in enumerate(read)]
    said = lexicon.topics.called(rest)
    if not said or called or _is_about_drugs(read, matches, lexicon):
        return said
    return [one for one in said if _speaks_for(one, rest) or lexicon.targets[int(one.calls_for)].is_named]


def _topics(said: Sequence[Called], called: Sequence[Called], lexicon: Lexicon) -> list[Topic]:
    """Pages whose phrases the question holds, and those that belong to its intents, the strongest first."""
    strengths = {int(one.calls_for): float(one.strength) for one in said}
    for one in called:
        page_id = lexicon.intent_pages.get(one.calls_for)
        if page_id:  # its own words say what a page is about a little better than an intent's
            strengths[page_id] = max(strengths.get(page_id, 0.0), one.strength - OF_AN_INTENT)
    urgent = {lexicon.intent_pages.get(one.calls_for) for one in called if one.calls_for in lexicon.urgent}
    found = [
        Topic(lexicon.targets[page_id], n) for page_id, n in strengths.items() if page_id in lexicon.targets
    ]
    found.sort(key=lambda topic: (topic.target.page_id not in urgent, -topic.strength, topic.target.title))
    return found


# Words


def _unknown(
    words: Sequence[str],
    read: Sequence[Stemmed],
    matches: Sequence[Match],
    called: Sequence[Called],
    lexicon: Lexicon,
) -> list[str]:
    """Words that are no English, no name, and no word of a phrase, misspelt or not."""
    explained = {place for match in matches for place in match.span}
    explained.update(place for one in called for place in one.words)
    return [
        word
        for place, word in enumerate(words)
        if place not in explained
        and read[place][0] == word
        and len(word) > 2
        and word.isalpha()
        and not lexicon.is_spelt_right(word)
    ]


def _telling(words: Sequence[str], sure: Sequence[Match], said: Sequence[Called]) -> list[str]:
    """The words to look for in texts: names by their pages' titles, the rest without what is everywhere.

    Beside a name, words that have been understood ('year 9 lesson') are not looked for once more.
    """
    named = {place: match for match in reversed(sure) for place in match.span}
    understood = {place for one in said for place in one.words} if sure else set()
    chosen: list[str] = []
    for place, word in enumerate(words):
        match = named.get(place)
        if match is not None and place == match.span.start:
            chosen += telling(_called_in_texts(match.entry.target.title))
        elif match is None and place not in understood:
            chosen += telling([word])
    return list(dict.fromkeys(chosen))


def _called_in_texts(title: str) -> list[str]:
    """How texts call it: 'MDMA and ecstasy' and 'Vapes with nicotine' by the first of their words."""
    return words_of(_SECOND_NAME.split(title, maxsplit=1)[0])
