"""Text as search compares it: folded, cut into words. Pure functions."""

from __future__ import annotations

import re
import unicodedata

# Longer than any question; what comes after is not looked at.
LONGEST_QUERY = 600  # characters: somebody who is frightened tells a story

_FOLDED = re.compile(r"[a-z0-9]+(?: [a-z0-9]+)*")
_APOSTROPHES = re.compile(
    "['\u2019\u2018`\u00b4\u2122]"
)  # and the sign of a brand, which falls apart into letters
_NOT_WORDS = re.compile(r"[^a-z0-9]+")
# 'o.d.' is 'od', and 'od'd' is 'oded', as it is said.
_INITIALS = re.compile(r"(?<![a-z0-9])([a-z])\.(?=[a-z](?![a-z0-9]))")
_ODED = re.compile("(?<![a-z0-9])od['\u2019]d(?![a-z0-9])")
# Signs that stand for a letter beside letters: "p@ste", "c0ca1ne" is undone in spellings().
_SIGNS = ((re.compile(r"(?<=[a-z])@|@(?=[a-z])"), "a"), (re.compile(r"(?<=[a-z])\$|\$(?=[a-z])"), "s"))
_DIGITS = str.maketrans("034579", "oeastg")
FIRST_PICTOGRAM = 0x2300  # what comes before are signs of print, such as (R) and degrees
_EMOJI_PARTS = {"\ufe0f", "\ufe0e", "\u200d"}


def fold(text: str) -> str:
    """`text` in small letters without accents, apostrophes or punctuation, with single spaces.

    An emoji becomes a word of its own ('u1f344'), so that it can be a name. Anything can come in (control
    characters, lone surrogates, other scripts); only a-z, 0-9 and spaces come out.
    """
    text = text[:LONGEST_QUERY].lower()
    if _FOLDED.fullmatch(text):
        return text  # most names and most words are: nothing below would change them
    text = _ODED.sub("oded", _INITIALS.sub(r"\1", text))
    # Apostrophes go first: some fall apart into a space and an accent.
    folded = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text)).casefold()
    if not folded.isascii():
        folded = _spell_emoji(folded)
    for sign, letter in _SIGNS:
        folded = sign.sub(letter, folded)
    return _NOT_WORDS.sub(" ", folded.encode("ascii", "ignore").decode()).strip()


def plain(text: str) -> str:
    """`text` without accents, and otherwise as it is."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(one for one in apart if not unicodedata.combining(one)))


def words_of(text: str) -> list[str]:
    """The folded words of `text`."""
    return fold(text).split()


def key_of(folded: str) -> str:
    """What a folded name is found by: itself without spaces, so that 'kit-kat' and 'kitkat' are one."""
    return folded.replace(" ", "")


def singular(key: str) -> str:
    """`key` as if it were one of many: 'mushies', 'mushie' and 'mushy' come out the same."""
    if len(key) < 4 or not key[-1].isalpha():
        return key
    if key.endswith("s") and not key.endswith(("ss", "us", "is")):
        key = key[:-1]
    return f"{key[:-2]}y" if key.endswith("ie") else key


def spellings(word: str) -> list[str]:
    """What `word` says when its digits stand for letters: 'k3t' -> ['ket']; [] for 'ket' and for '33'."""
    if word.isalpha() or word.isdigit():
        return []
    lettered = word.translate(_DIGITS)
    return list(dict.fromkeys(lettered.replace("1", one) for one in ("i", "l")))


def _spell_emoji(text: str) -> str:
    """Each pictogram as ' u<code point> ', its variants and skin tones dropped."""
    parts = []
    for character in text:
        if ord(character) >= FIRST_PICTOGRAM and unicodedata.category(character) == "So":
            parts.append(f" u{ord(character):x} ")
        elif character not in _EMOJI_PARTS:
            parts.append(character)
    return "".join(parts)
