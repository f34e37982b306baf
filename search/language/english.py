"""English words: which there are, their stems, their sound. Pure, after the dictionary has been read once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

import jellyfish
import snowballstemmer
from spellchecker import SpellChecker

# How often the dictionary's makers met a word that is said every day ('friend', 'blow', 'ice').
EVERYDAY = 100_000


@cache
def _dictionary() -> Mapping[str, int]:
    """The words of pyspellchecker's English dictionary and how often they are said in films."""
    return dict(SpellChecker(language="en").word_frequency.dictionary)


# Endings as they are spelt here, and in the dictionary, which is American.
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
    """Is `word` in the dictionary, or its American form? What is spelt right is never a misspelt drug."""
    known = _dictionary()
    return (
        word in known
        or (word.endswith("s") and word[:-1] in known)  # what was 'else's'
        or any(here.sub(there, word) in known for here, there in _BRITISH)
    )


def is_everyday(word: str) -> bool:
    """Is `word` so common that beside other words it hardly ever is slang?"""
    return word in STOPWORDS or _dictionary().get(word, 0) >= EVERYDAY


# Nothing that was typed is kept, so neither of these has a cache.
def stem(word: str) -> str:
    """The stem of a folded word ('overdosing' -> 'overdos'), by the Snowball algorithm of the engines."""
    # A stemmer keeps the word it works on, so that each call, on whichever thread, needs one of its own.
    return str(snowballstemmer.stemmer("english").stemWord(word))


@cache
def stem_of_ours(word: str) -> str:
    """The same for a word of an editor: there are few, and they are read anew at every change."""
    return stem(word)


def sound(word: str) -> str:
    """The phonetic key of a folded word (Metaphone): 'suside' and 'suicide' have the same."""
    return jellyfish.metaphone(word)


# Words that are in every text: they would find every page. (The commonest of PostgreSQL's English list, and
# what questions are made of.)
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
    """`words` without those that are in every text."""
    return [word for word in words if word not in STOPWORDS]
