"""English words: the dictionary, stems and phonetic keys."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.language.english import STOPWORDS, content_words, is_english, is_everyday, sound, stem

FOLDED = st.text("abcdefghijklmnopqrstuvwxyz0123456789", max_size=30)


@pytest.mark.parametrize("word", ["kettle", "ketchup", "math", "friend", "xylophone", "overdose"])
def test_a_word_of_the_dictionary_is_english(word: str) -> None:
    assert is_english(word)


@pytest.mark.parametrize(
    "word",
    [
        "centre",
        "theatre",
        "litre",
        "metres",
        "colour",
        "colours",
        "coloured",
        "colouring",
        "neighbourhood",
        "favourite",
        "organise",
        "organised",
        "realising",
        "organisation",
        "analyse",
        "paralysed",
        "licence",
        "defence",
        "offences",
        "travelled",
        "cancelled",
        "jeweller",
        "programme",
        "kilogrammes",
        "paediatric",
        "anaesthetic",
    ],
)
def test_a_british_spelling_is_english(word: str) -> None:
    assert is_english(word)


@pytest.mark.parametrize("word", ["ketamne", "qqzzxx", "unconcious", "suiside", "cocane", "u1f344", ""])
def test_what_is_in_no_dictionary_is_not(word: str) -> None:
    assert not is_english(word)


@pytest.mark.parametrize(
    ("word", "everyday"),
    [("ice", True), ("blow", True), ("friend", True), ("the", True), ("crystal", False), ("kettle", False)],
)
def test_everyday_words(word: str, everyday: bool) -> None:
    assert is_everyday(word) is everyday


@pytest.mark.parametrize(
    "words",
    [("overdose", "overdosed", "overdosing", "overdoses"), ("breathe", "breathing"), ("mix", "mixing")],
)
def test_forms_of_a_word_have_one_stem(words: tuple[str, ...]) -> None:
    assert len({stem(word) for word in words}) == 1


def test_words_apart_have_stems_apart() -> None:
    assert len({stem(word) for word in ("weed", "week", "drug", "drink", "death", "dealer")}) == 6


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("suiside", "suicide"),
        ("kocaine", "cocaine"),
        ("foto", "photo"),
        ("nife", "knife"),
        ("canabis", "cannabis"),
    ],
)
def test_what_is_spelt_by_ear_sounds_the_same(typed: str, meant: str) -> None:
    assert sound(typed) == sound(meant) != ""


def test_other_words_sound_otherwise() -> None:
    assert sound("codeine") != sound("cocaine")


def test_only_telling_words_are_looked_for_in_texts() -> None:
    assert content_words(["what", "does", "it", "do", "to", "my", "bladder"]) == ["bladder"]
    assert content_words(["how", "long", "does", "it", "last"]) == ["long", "last"]
    assert content_words(sorted(STOPWORDS)) == []


def test_words_without_an_apostrophe_count_as_they_are_folded() -> None:
    assert all(word.isalpha() and word.islower() for word in STOPWORDS)
    assert content_words(["dont", "cant", "whats"]) == []


@given(FOLDED)
@settings(deadline=None)
def test_any_folded_word_has_a_stem_and_a_sound(word: str) -> None:
    is_english(word)
    assert len(stem(word)) <= len(word)
    assert isinstance(sound(word), str)
