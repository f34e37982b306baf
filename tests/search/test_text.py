"""Folding: any text becomes small letters, digits and spaces."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.language.text import LONGEST_QUERY, fold, key_of, singular, spellings, words_of

ALLOWED = set("abcdefghijklmnopqrstuvwxyz0123456789 ")
# Any code point at all, lone surrogates too, and often the ones that have a rule of their own.
ANYTHING = st.text(
    st.characters() | st.sampled_from("'’`@$aZ9İßſﬁ™½é\u0301\ufe0f\u200d\U0001f344\ud800\x00 ")
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  KET! ", "ket"),
        ("special \t\r\n k", "special k"),
        ("", ""),
        ("?!...", ""),
        ("2C-B", "2c b"),
        ("a/b_c", "a b c"),
        ("can't breathe", "cant breathe"),
        ("can\u2019t breathe", "cant breathe"),
        ("can\u2018t can`t", "cant cant"),
        ("can\u00b4t", "cant"),
        ("Café", "cafe"),
        ("Ca\u0301nnabis", "cannabis"),
        ("Straße", "strasse"),
        ("İbo", "ibo"),
        ("ｋｅｔ ＫＥＴ", "ket ket"),
        ("\U0001d424\U0001d41e\U0001d42d", "ket"),  # in the bold letters of a phone
        ("\U0001d40a\U0001d404\U0001d413", "ket"),
        ("ﬁne", "fine"),
        ("кет", ""),
        ("大麻", ""),
    ],
)
def test_case_accents_and_punctuation(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("p@ste", "paste"),
        ("c@t $peed", "cat speed"),
        ("ba$e", "base"),
        ("@ 5 $", "5"),
        ("£5 & $10", "5 10"),
    ],
)
def test_signs_are_letters_beside_letters_only(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("\U0001f344", "u1f344"),
        ("is\U0001f344bad", "is u1f344 bad"),
        ("\U0001f344\U0001f344", "u1f344 u1f344"),
        ("\u2744\ufe0f", "u2744"),  # the coloured form of the snowflake
        ("\U0001f44d\U0001f3fd", "u1f44d"),  # with a skin tone
        ("\U0001f468\u200d\U0001f52c", "u1f468 u1f52c"),  # joined
    ],
)
def test_an_emoji_is_a_word(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("text", ["Xanax\u00ae", "Xanax\u2122", "\u00a9 Xanax", "Xanax\u00b0"])
def test_the_sign_of_a_brand_is_no_emoji(text: str) -> None:
    assert fold(text) == "xanax"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("\ud800", ""),
        ("ke\udffft", "ket"),
        ("\x00ket\x00", "ket"),
        ("\u202eket\u202c", "ket"),
        ("k\u200fe\u200et", "ket"),
        ("\ufeffket", "ket"),
    ],
)
def test_what_can_not_be_seen_is_dropped(text: str, folded: str) -> None:
    assert fold(text).replace(" ", "") == folded


def test_only_the_beginning_of_a_long_text_counts() -> None:
    assert fold("a" * 10_000) == "a" * LONGEST_QUERY
    assert words_of("ket " * 2_500) == ["ket"] * (LONGEST_QUERY // 4)
    assert fold(" " * LONGEST_QUERY + "ket") == ""


@given(ANYTHING)
@settings(deadline=None)
def test_nothing_else_comes_out(text: str) -> None:
    folded = fold(text)
    assert set(folded) <= ALLOWED
    assert "  " not in folded
    assert folded == folded.strip()


@given(ANYTHING)
@settings(deadline=None)
def test_folding_twice_changes_nothing(text: str) -> None:
    """Emoji and ligatures become longer by folding, so only shorter texts are tested against the limit."""
    folded = fold(text[:20])
    assert fold(folded) == folded


@pytest.mark.parametrize("name", ["kit-kat", "kit kat", "Kit  Kat", "KITKAT"])
def test_a_name_has_one_key_however_it_is_spaced(name: str) -> None:
    assert key_of(fold(name)) == "kitkat"


@pytest.mark.parametrize(
    ("key", "one"),
    [
        ("shrooms", "shroom"),
        ("mushies", "mushy"),
        ("mushie", "mushy"),
        ("mushy", "mushy"),
        ("kets", "ket"),
        ("glass", "glass"),
        ("cactus", "cactus"),
        ("cannabis", "cannabis"),
        ("us", "us"),
        ("gas", "gas"),  # too short to be many
        ("", ""),
        ("2c7", "2c7"),
    ],
)
def test_the_singular(key: str, one: str) -> None:
    assert singular(key) == one


@given(st.text("abceiksuy129", max_size=12))
@settings(deadline=None)
def test_the_plural_of_a_name_has_its_singular(key: str) -> None:
    """Holds for words that take a plain s and are long enough."""
    if len(key) > 3 and key[-1].isalpha() and key[-1] not in "siu":
        assert singular(f"{key}s") == singular(key)


@pytest.mark.parametrize(
    ("word", "read"),
    [
        ("k3t", ["ket"]),
        ("c0ca1ne", ["cocaine", "cocalne"]),
        ("p1ll", ["pill", "plll"]),
        ("m3th4d0n3", ["methadone"]),
        ("5p33d", ["speed"]),
        ("7abs", ["tabs"]),
        ("9bl", ["gbl"]),
        ("ket", []),
        ("2024", []),
    ],
)
def test_digits_for_letters(word: str, read: list[str]) -> None:
    assert spellings(word) == read
