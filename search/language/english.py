"""English words: a dictionary with frequencies, stems, phonetic keys, stop words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

import jellyfish
import snowballstemmer
from spellchecker import SpellChecker

# From this frequency in the dictionary's corpus on, a word counts as everyday ('friend', 'blow', 'ice').
EVERYDAY = 100_000


@cache
def _dictionary() -> Mapping[str, int]:
    """Return {word: frequency} of pyspellchecker's English dictionary, whose corpus is film subtitles."""
    return dict(SpellChecker(language="en").word_frequency.dictionary)


# British spellings and their American forms, because the dictionary is American.
_BRITISH = tuple(
    (re.compile(here), there)
    for here, there in (
        (r"our(ed|ing|ite|ites|hood|able|s|)$", r"or\1"),
        (r"re(s|d|)$", r"er\1"),
        (r"([iy])s(e|ed|es|ing|ation|ations|er|ers)$", r"\1z\2"),
        (r"ence(s|less|)$", r"ense\1"),
        (r"ll(ery|ed|ing|er|ers)$", r"l\1"),
        (r"amme(s|)$", r"am\1"),
        (r"ae", "e"),
    )
)


def is_english(word: str) -> bool:
    """Return whether the folded `word`, or its American form, is in the dictionary.

    An English word is not taken for a misspelt drug.
    """
    known = _dictionary()
    return (
        word in known
        or (word.endswith("s") and word[:-1] in known)  # "else's", folded to "elses"
        or any(here.sub(there, word) in known for here, there in _BRITISH)
    )


def is_everyday(word: str) -> bool:
    """Return whether the folded `word` is so common that among other words it is hardly ever slang."""
    return word in STOPWORDS or _dictionary().get(word, 0) >= EVERYDAY


# Without a cache: nothing that was typed may be kept (decision 22).
def stem(word: str) -> str:
    """Return the stem of a folded word by Snowball's English algorithm: 'overdosing' -> 'overdos'."""
    # A stemmer object holds the word that it works on, so it can not be shared between threads.
    return str(snowballstemmer.stemmer("english").stemWord(word))


@cache
def stem_of_ours(word: str) -> str:
    """Return the stem of a folded word that an editor entered. These are few, so their stems are kept."""
    return stem(word)


def sound(word: str) -> str:
    """Return the phonetic key (Metaphone) of a folded word; it is the same for 'suside' and 'suicide'."""
    return jellyfish.metaphone(word)


# Words that occur in nearly every text and so would find every page: the commonest words of PostgreSQL's
# English stop list, and words that many questions contain.
STOPWORDS = frozenset((
    "a", "about", "after", "all", "also", "am", "an", "and", "any", "anyone", "anything", "are", "arent",
    "as", "at", "be", "because", "been", "before", "being", "but", "by", "can", "cant", "could", "did",
    "didnt", "do", "does", "doesnt", "doing", "dont", "for", "from", "get", "gets", "getting", "go",
    "going", "gonna", "got", "had", "has", "have", "havent", "having", "he", "her", "hers", "hes", "hey",
    "hi", "him", "his", "how", "i", "id", "if", "ill", "im", "in", "into", "is", "isnt", "it", "its", "ive",
    "just", "know", "let", "lets", "like", "look", "looks", "make", "makes", "many", "may", "me", "mean",
    "means", "might", "more", "most", "much", "must", "my", "need", "no", "not", "of", "off", "oh", "ok",
    "on", "once", "one", "only", "or", "other", "our", "out", "over", "own", "please", "really", "should",
    "shes", "so", "some", "someone", "something", "such", "tell", "than", "thanks", "that", "thats", "the",
    "their", "them", "then", "there", "these", "they", "theyre", "thing", "things", "think", "this",
    "those", "though", "through", "to", "too", "try", "trying", "u", "under", "until", "up", "ur", "us",
    "use", "used", "using", "very", "want", "wanna", "was", "we", "were", "what", "whats", "when", "where",
    "which", "while", "who", "whos", "why", "will", "with", "without", "wont", "would", "yes", "you",
    "your", "youre", "bad", "good", "happen", "happens", "happened", "effect", "effects", "cause", "causes",
    "affect", "affects", "feel", "feels", "feeling", "n", "plus", "vs",
))  # fmt: skip


def content_words(words: Sequence[str]) -> list[str]:
    """Return `words` (folded) without stop words."""
    return [word for word in words if word not in STOPWORDS]
