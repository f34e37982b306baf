"""Understand what somebody typed: a text becomes a Query. Nothing here touches the database."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from search.language.english import content_words
from search.language.phrases import PhraseMatch, Stemmed, stemmed
from search.language.text import key_of, words_of
from search.query.lexicon import Lexicon, Target
from search.query.names import MOST_GUESSES, SHORTEST_PREFIX, Match, beginning, exact, near

__all__ = ["Match", "Query", "Topic", "complete", "understand"]

OF_AN_INTENT = 0.5
DRUGS = frozenset({"drug", "drugs", "substance", "substances"})
_SECOND_NAME = re.compile(r" (?:and|or|with) |[(,:]")


@dataclass(frozen=True)
class Topic:
    """A page that the question is about, by the phrases that editors gave it.

    `strength` is the number of words that say so; an intent's page has half a word less.
    """

    target: Target
    strength: float


@dataclass(frozen=True)
class Query:
    """What was understood of a text.

    `words` as typed, in small letters; `matches` names of substances, certain ones first; `topics` pages,
    the strongest first; `intents` codes of cards, the most urgent first.
    """

    words: tuple[str, ...] = ()
    matches: tuple[Match, ...] = ()
    topics: tuple[Topic, ...] = ()
    intents: tuple[str, ...] = ()  # codes, the most urgent first
    nation: str = ""  # of the UK, when the text names one or a place in it
    unknown_names: tuple[str, ...] = ()
    content_words: tuple[str, ...] = ()  # what to look for in the texts of pages

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
    """Return the names, topics and intents in `text`, which may be any string."""
    words = words_of(text)
    sure = exact(words, lexicon)
    guesses = near(words, sure, lexicon)
    if not sure and not guesses:
        guesses = _begun(words, lexicon)
    # A guess that explains more words than the name inside it is the better one ('synthetik cannabinoids').
    sure = [match for match in sure if not any(_is_inside(match.span, guess.span) for guess in guesses)]
    read = _read(words, sure, guesses, lexicon)
    intended = _intended(read, sure, guesses, lexicon)
    urgent = {position for one in intended if one.target in lexicon.urgent for position in one.words}
    # 'Wake up' is a tablet to some; to who asks for help it is not.
    sure = [match for match in sure if not (match.ordinary and urgent.intersection(match.span))]
    guesses = [match for match in guesses if not urgent.intersection(match.span)]
    matches = [*sure, *guesses]
    said = _said(read, intended, matches, lexicon)
    intents = sorted((one.target for one in intended), key=lambda code: lexicon.intent_order[code])
    return Query(
        words=tuple(words),
        matches=tuple(_one_a_page(matches)),
        topics=tuple(_topics(said, intended, lexicon)),
        intents=tuple(intents),
        nation=next((one.target for one in lexicon.nations.matches(read)), ""),
        unknown_names=tuple(_unknown(words, read, matches, intended, lexicon)),
        content_words=tuple(_content_words(words, sure, [*intended, *said])),
    )


def complete(text: str, lexicon: Lexicon, *, most: int) -> list[Match]:
    """Return at most `most` names to suggest, one a page: those that `text` is, begins or nearly spells."""
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
    """Return the names that begin with the whole text."""
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
    """Return the first match of each page."""
    pages: dict[int, Match] = {}
    for match in matches:
        pages.setdefault(match.entry.target.page_id, match)
    return list(pages.values())


# Phrases


def _read(
    words: Sequence[str], sure: Sequence[Match], guesses: Sequence[Match], lexicon: Lexicon
) -> list[Stemmed]:
    """Return the words with their stems. A misspelt word of a phrase is corrected if no drug is nearer."""
    known = {position for match in sure for position in match.span}
    likeness = {position: match.likeness for match in reversed(guesses) for position in match.span}
    mended = []
    for position, word in enumerate(words):
        better, how_like = word, 0.0
        if position not in known and not lexicon.is_spelt_right(word):
            better, how_like = max(
                (book.corrected(word) for book in (lexicon.intents, lexicon.topics)), key=lambda one: one[1]
            )
        mended.append(better if how_like > likeness.get(position, 0.0) else word)
    return stemmed(mended)


def _intended(
    read: Sequence[Stemmed], sure: Sequence[Match], guesses: Sequence[Match], lexicon: Lexicon
) -> list[PhraseMatch]:
    """Return the intents that the question matches. A name alone is no question ('Dr Death')."""
    if any(len(match.span) == len(read) for match in sure):
        return []
    intended = lexicon.intents.matches(read)
    if not intended or _is_about_drugs(read, [*sure, *guesses], lexicon):
        return intended
    return [one for one in intended if one.target in lexicon.urgent or _speaks_for(one, read)]


def _is_about_drugs(read: Sequence[Stemmed], matches: Sequence[Match], lexicon: Lexicon) -> bool:
    return (
        any(match.entry.target.is_named for match in matches)
        or any(word in DRUGS for word, _ in read)
        or bool(lexicon.context.matches(read))
    )


def _speaks_for(intended: PhraseMatch, read: Sequence[Stemmed]) -> bool:
    """Does a phrase speak for the whole question? One word of many may be about hair: 'treatment'."""
    said = content_words([read[position][0] for position in intended.words])
    return len(said) * 2 > len(content_words([word for word, _ in read if word]))


def _said(
    read: Sequence[Stemmed], intended: Sequence[PhraseMatch], matches: Sequence[Match], lexicon: Lexicon
) -> list[PhraseMatch]:
    """Return the pages whose phrases the question holds. A drug that is named has its own page for them."""
    named = {
        position
        for match in matches
        if match.entry.target.is_named and not match.ordinary
        for position in match.span
    }
    rest = [("", "") if position in named else one for position, one in enumerate(read)]
    said = lexicon.topics.matches(rest)
    if not said or intended or _is_about_drugs(read, matches, lexicon):
        return said
    return [one for one in said if _speaks_for(one, rest) or lexicon.targets[int(one.target)].is_named]


def _topics(said: Sequence[PhraseMatch], intended: Sequence[PhraseMatch], lexicon: Lexicon) -> list[Topic]:
    """Return the pages whose phrases the question holds and the pages of its intents, the strongest first."""
    strengths = {int(one.target): float(one.strength) for one in said}
    for one in intended:
        page_id = lexicon.intent_pages.get(one.target)
        if page_id:  # its own words say what a page is about a little better than an intent's
            strengths[page_id] = max(strengths.get(page_id, 0.0), one.strength - OF_AN_INTENT)
    urgent = {lexicon.intent_pages.get(one.target) for one in intended if one.target in lexicon.urgent}
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
    intended: Sequence[PhraseMatch],
    lexicon: Lexicon,
) -> list[str]:
    """Return the words that are neither English nor a name nor a word of a phrase, misspelt or not."""
    explained = {position for match in matches for position in match.span}
    explained.update(position for one in intended for position in one.words)
    return [
        word
        for position, word in enumerate(words)
        if position not in explained
        and read[position][0] == word
        and len(word) > 2
        and word.isalpha()
        and not lexicon.is_spelt_right(word)
    ]


def _content_words(words: Sequence[str], sure: Sequence[Match], said: Sequence[PhraseMatch]) -> list[str]:
    """Return the words to look for in texts, without stop words. A name is looked for by its page's title.

    Beside a name, words that have been understood ('year 9 lesson') are not looked for again.
    """
    named = {position: match for match in reversed(sure) for position in match.span}
    understood = {position for one in said for position in one.words} if sure else set()
    chosen: list[str] = []
    for position, word in enumerate(words):
        match = named.get(position)
        if match is not None and position == match.span.start:
            chosen += content_words(_words_in_texts(match.entry.target.title))
        elif match is None and position not in understood:
            chosen += content_words([word])
    return list(dict.fromkeys(chosen))


def _words_in_texts(title: str) -> list[str]:
    """Return the words by which texts name a page: 'mdma' of the title 'MDMA and ecstasy'."""
    return words_of(_SECOND_NAME.split(title, maxsplit=1)[0])
