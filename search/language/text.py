"""Folding: text in the form in which search compares it, and words of it. Pure functions."""

from __future__ import annotations

import re
import unicodedata

# Characters; the rest of a text is ignored. Long enough for a frightened person who tells the whole story.
LONGEST_QUERY = 600

_FOLDED = re.compile(r"[a-z0-9]+(?: [a-z0-9]+)*")
# Apostrophes, and the trade mark sign, which would become the letters 'tm'.
_APOSTROPHES = re.compile("['\u2019\u2018`\u00b4\u2122]")
_NOT_WORDS = re.compile(r"[^a-z0-9]+")
# 'o.d.' becomes 'od', and 'od'd' becomes 'oded': without its apostrophe it would be 'odd'.
_INITIALS = re.compile(r"(?<![a-z0-9])([a-z])\.(?=[a-z](?![a-z0-9]))")
_ODED = re.compile("(?<![a-z0-9])od['\u2019]d(?![a-z0-9])")
# Signs that people write for a letter, next to letters: "p@ste". Digits, as in "c0ca1ne", see spellings().
_SIGNS = ((re.compile(r"(?<=[a-z])@|@(?=[a-z])"), "a"), (re.compile(r"(?<=[a-z])\$|\$(?=[a-z])"), "s"))
_DIGITS = str.maketrans("034579", "oeastg")
FIRST_PICTOGRAM = 0x2300  # symbols with lower code points are signs of print, such as degrees
_EMOJI_PARTS = {"\ufe0f", "\ufe0e", "\u200d"}


def fold(text: str) -> str:
    """Return `text` in small letters without accents, apostrophes or punctuation, with single spaces.

    An emoji becomes a word ('u1f344'), so that it can be a name. `text` may be any string (control
    characters, lone surrogates, other scripts); the result has only a-z, 0-9 and spaces.
    """
    text = text[:LONGEST_QUERY].lower()
    if _FOLDED.fullmatch(text):
        return text  # most names and most words are folded already
    text = _ODED.sub("oded", _INITIALS.sub(r"\1", text))
    # Apostrophes are removed first, because NFKD turns some of them into a space and an accent.
    folded = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text)).casefold()
    if not folded.isascii():
        folded = _spell_emoji(folded)
    for sign, letter in _SIGNS:
        folded = sign.sub(letter, folded)
    return _NOT_WORDS.sub(" ", folded.encode("ascii", "ignore").decode()).strip()


def plain(text: str) -> str:
    """Return `text` without accents; nothing else is changed."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(one for one in apart if not unicodedata.combining(one)))


def words_of(text: str) -> list[str]:
    """Return the folded words of `text`."""
    return fold(text).split()


def key_of(folded: str) -> str:
    """Return a folded name without spaces: 'kit kat' and 'kitkat' have the same key."""
    return folded.replace(" ", "")


def singular(key: str) -> str:
    """Return the singular of `key`, spelt so that singulars and plurals are equal.

    'mushies', 'mushie' and 'mushy' all give 'mushy'. Short keys and codes are returned unchanged.
    """
    if len(key) < 4 or not key[-1].isalpha():
        return key
    if key.endswith("s") and not key.endswith(("ss", "us", "is")):
        key = key[:-1]
    return f"{key[:-2]}y" if key.endswith("ie") else key


def spellings(word: str) -> list[str]:
    """Return the words that `word` spells if its digits stand for letters: 'k3t' -> ['ket'].

    Return [] for a word without digits, and for a number.
    """
    if word.isalpha() or word.isdigit():
        return []
    lettered = word.translate(_DIGITS)
    return list(dict.fromkeys(lettered.replace("1", one) for one in ("i", "l")))


def _spell_emoji(text: str) -> str:
    """Replace each emoji by ' u<hex code point> '; drop variation selectors and joiners."""
    parts = []
    for character in text:
        if ord(character) >= FIRST_PICTOGRAM and unicodedata.category(character) == "So":
            parts.append(f" u{ord(character):x} ")
        elif character not in _EMOJI_PARTS:
            parts.append(character)
    return "".join(parts)
