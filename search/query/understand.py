"""Turn the text that somebody typed into a Query. Nothing here reads the database."""

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

LESS_OF_AN_INTENT = 0.5  # words; a page's own phrases count a little more than those of its intent
DRUGS = frozenset({"drug", "drugs", "substance", "substances"})
_SECOND_NAME = re.compile(r" (?:and|or|with) |[(,:]")


@dataclass(frozen=True)
class Topic:
    """A page whose subject the question is about, by the phrases that editors entered for it.

    `strength` is the number of words that match, less LESS_OF_AN_INTENT for the page of an intent.
    """

    target: Target
    strength: float


@dataclass(frozen=True)
class Query:
    """What was understood of a text.

    `words` are its folded words; `matches` the names in it, certain ones first; `topics` pages, strongest
    first; `intents` codes of intents in the order of their field `order`.
    """

    words: tuple[str, ...] = ()
    matches: tuple[Match, ...] = ()
    topics: tuple[Topic, ...] = ()
    intents: tuple[str, ...] = ()
    nation: str = ""  # a value of Nation, when the text names one or a place in it
    unknown_names: tuple[str, ...] = ()  # words that are neither English nor a name nor of a phrase
    content_words: tuple[str, ...] = ()  # the words to look for in the texts of pages

    @property
    def is_empty(self) -> bool:
        """Whether the text has no word."""
        return not self.words

    @property
    def certain(self) -> list[Match]:
        """The names that are in the text whole."""
        return [match for match in self.matches if match.certain]

    @property
    def guesses(self) -> list[Match]:
        """The names that the text may mean: beginnings and misspellings."""
        return [match for match in self.matches if not match.certain]


def understand(text: str, lexicon: Lexicon) -> Query:
    """Return the names, topics and intents that are recognised in `text`, which may be any string."""
    words = words_of(text)
    sure = exact(words, lexicon)
    guesses = near(words, sure, lexicon)
    if not sure and not guesses:
        guesses = _completions(words, lexicon)
    # A guess that covers more words than a name inside it is the better one ('synthetik cannabinoids').
    sure = [match for match in sure if not any(_is_inside(match.span, guess.span) for guess in guesses)]
    stemmed_words = _stemmed_words(words, sure, guesses, lexicon)
    intent_matches = _intent_matches(stemmed_words, sure, guesses, lexicon)
    urgent = {position for one in intent_matches if one.target in lexicon.urgent for position in one.words}
    # 'Wake up' is also the name of a tablet, but not in 'my friend will not wake up'.
    sure = [match for match in sure if not (match.ordinary and urgent.intersection(match.span))]
    guesses = [match for match in guesses if not urgent.intersection(match.span)]
    matches = [*sure, *guesses]
    topic_matches = _topic_matches(stemmed_words, intent_matches, matches, lexicon)
    intents = sorted((one.target for one in intent_matches), key=lambda code: lexicon.intent_order[code])
    return Query(
        words=tuple(words),
        matches=tuple(_one_a_page(matches)),
        topics=tuple(_topics(topic_matches, intent_matches, lexicon)),
        intents=tuple(intents),
        nation=next((one.target for one in lexicon.nations.matches(stemmed_words)), ""),
        unknown_names=tuple(_unknown_names(words, stemmed_words, matches, intent_matches, lexicon)),
        content_words=tuple(_content_words(words, sure, [*intent_matches, *topic_matches])),
    )


def complete(text: str, lexicon: Lexicon, *, most: int) -> list[Match]:
    """Return at most `most` names to suggest for a text that is still being typed, one for each page.

    First names that are the whole text, then those that begin with it, then names inside it; misspelt names
    only when there is none of these.
    """
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


def _completions(words: Sequence[str], lexicon: Lexicon) -> list[Match]:
    """Return the names in which a word begins with the whole text."""
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


def _stemmed_words(
    words: Sequence[str], sure: Sequence[Match], guesses: Sequence[Match], lexicon: Lexicon
) -> list[Stemmed]:
    """Return the words with their stems, misspelt ones corrected to words of phrases.

    A word is corrected only if it is more similar to the word of a phrase than to the name of a drug.
    """
    known = {position for match in sure for position in match.span}
    name_likeness = {position: match.likeness for match in reversed(guesses) for position in match.span}
    corrected = []
    for position, word in enumerate(words):
        better, likeness = word, 0.0
        if position not in known and not lexicon.is_spelt_right(word):
            better, likeness = max(
                (book.corrected(word) for book in (lexicon.intents, lexicon.topics)), key=lambda one: one[1]
            )
        corrected.append(better if likeness > name_likeness.get(position, 0.0) else word)
    return stemmed(corrected)


def _intent_matches(
    stemmed_words: Sequence[Stemmed], sure: Sequence[Match], guesses: Sequence[Match], lexicon: Lexicon
) -> list[PhraseMatch]:
    """Return the intents whose phrases are in the question.

    Return none if the question is the name of a drug and nothing else ('Dr Death'). If it is not about drugs,
    an intent must be urgent or match most of it.
    """
    if any(len(match.span) == len(stemmed_words) for match in sure):
        return []
    intent_matches = lexicon.intents.matches(stemmed_words)
    if not intent_matches or _is_about_drugs(stemmed_words, [*sure, *guesses], lexicon):
        return intent_matches
    return [one for one in intent_matches if one.target in lexicon.urgent or _covers_most(one, stemmed_words)]


def _is_about_drugs(stemmed_words: Sequence[Stemmed], matches: Sequence[Match], lexicon: Lexicon) -> bool:
    return (
        any(match.entry.target.is_named for match in matches)
        or any(word in DRUGS for word, _ in stemmed_words)
        or bool(lexicon.context.matches(stemmed_words))
    )


def _covers_most(phrase: PhraseMatch, stemmed_words: Sequence[Stemmed]) -> bool:
    """Return whether a phrase matches more than half of the content words.

    A single word of many proves nothing: 'treatment' may be for hair.
    """
    matched = content_words([stemmed_words[position][0] for position in phrase.words])
    return len(matched) * 2 > len(content_words([word for word, _ in stemmed_words if word]))


def _topic_matches(
    stemmed_words: Sequence[Stemmed],
    intent_matches: Sequence[PhraseMatch],
    matches: Sequence[Match],
    lexicon: Lexicon,
) -> list[PhraseMatch]:
    """Return the pages whose phrases are in the question, by their ids.

    The words of a drug's name match no phrase: the drug has a page of its own. If the question is not about
    drugs and has no intent, a phrase must match most of it.
    """
    named = {
        position
        for match in matches
        if match.entry.target.is_named and not match.ordinary
        for position in match.span
    }
    rest = [("", "") if position in named else one for position, one in enumerate(stemmed_words)]
    topic_matches = lexicon.topics.matches(rest)
    if not topic_matches or intent_matches or _is_about_drugs(stemmed_words, matches, lexicon):
        return topic_matches
    return [
        one for one in topic_matches if _covers_most(one, rest) or lexicon.targets[int(one.target)].is_named
    ]


def _topics(
    topic_matches: Sequence[PhraseMatch], intent_matches: Sequence[PhraseMatch], lexicon: Lexicon
) -> list[Topic]:
    """Return the pages of topics and intents: those of urgent intents first, then the strongest."""
    strengths = {int(one.target): float(one.strength) for one in topic_matches}
    for one in intent_matches:
        page_id = lexicon.intent_pages.get(one.target)
        if page_id:
            strengths[page_id] = max(strengths.get(page_id, 0.0), one.strength - LESS_OF_AN_INTENT)
    urgent = {lexicon.intent_pages.get(one.target) for one in intent_matches if one.target in lexicon.urgent}
    found = [
        Topic(lexicon.targets[page_id], n) for page_id, n in strengths.items() if page_id in lexicon.targets
    ]
    found.sort(key=lambda topic: (topic.target.page_id not in urgent, -topic.strength, topic.target.title))
    return found


# Words


def _unknown_names(
    words: Sequence[str],
    stemmed_words: Sequence[Stemmed],
    matches: Sequence[Match],
    intent_matches: Sequence[PhraseMatch],
    lexicon: Lexicon,
) -> list[str]:
    """Return the words that are neither English nor a name nor a word of a phrase, misspelt or not."""
    explained = {position for match in matches for position in match.span}
    explained.update(position for one in intent_matches for position in one.words)
    return [
        word
        for position, word in enumerate(words)
        if position not in explained
        and stemmed_words[position][0] == word
        and len(word) > 2
        and word.isalpha()
        and not lexicon.is_spelt_right(word)
    ]


def _content_words(
    words: Sequence[str], sure: Sequence[Match], phrase_matches: Sequence[PhraseMatch]
) -> list[str]:
    """Return the words to look for in texts, without stop words; for a name, the title of its page.

    If there is a name, words that match a phrase ('year 9 lesson') are left out.
    """
    named = {position: match for match in reversed(sure) for position in match.span}
    understood = {position for one in phrase_matches for position in one.words} if sure else set()
    chosen: list[str] = []
    for position, word in enumerate(words):
        match = named.get(position)
        if match is not None and position == match.span.start:
            chosen += content_words(_words_in_texts(match.entry.target.title))
        elif match is None and position not in understood:
            chosen += content_words([word])
    return list(dict.fromkeys(chosen))


def _words_in_texts(title: str) -> list[str]:
    """Return the words that texts use for a page: ['mdma'] for the title 'MDMA and ecstasy'."""
    return words_of(_SECOND_NAME.split(title, maxsplit=1)[0])
