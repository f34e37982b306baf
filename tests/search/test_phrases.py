"""Phrases that editors enter: which of them are in a question."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from search.language.phrases import EXACT, SLACK, PhraseBook, same_stems, stemmed
from search.language.text import words_of

LINES = [
    ("wont wake up", "emergency"),
    ("overdose", "emergency"),
    ("took too much", "emergency"),
    ("!not too much", "emergency"),
    ("=fitting", "emergency"),
    ("unconscious", "emergency"),
    ("kill myself", "self-harm"),
    ("suicide", "self-harm"),
    ("!kill myself laughing", "self-harm"),
    ("my friend", "friend"),
    ("", "nothing"),
    (" !=- ", "nothing"),
]
SAME = same_stems(["friend, mate, bestie", "cannot"])
BOOK = PhraseBook.of(LINES, SAME)


def called(text: str, book: PhraseBook = BOOK) -> dict[str, set[int]]:
    """Return {target: positions of the matching words} for `text`."""
    return {one.target: set(one.words) for one in book.matches(stemmed(words_of(text)))}


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("wont wake up", {0, 1, 2}),
        ("he just wont seem to wake up now", {2, 5, 6}),
        ("up he wake wont", {0, 2, 3}),
        ("WON'T, wake: up!", {0, 1, 2}),
        ("wake up wont wake up", {0, 1, 2}),
    ],
)
def test_the_words_of_a_phrase_stand_in_any_order(text: str, places: set[int]) -> None:
    found = called(text)["emergency"]
    assert len(found) == 3
    assert found == places


@pytest.mark.parametrize("between", range(SLACK + 3))
def test_few_words_may_stand_between(between: int) -> None:
    text = " ".join(["wont", *["x"] * between, "wake", "up"])
    assert bool(called(text)) is (between <= SLACK)


@pytest.mark.parametrize("text", ["wont wake", "wake up", "will wake up", ""])
def test_all_the_words_must_be_there(text: str) -> None:
    assert called(text) == {}


@given(st.lists(st.sampled_from(["wont", "wake", "up", "x"]), max_size=8))
@example(["up", "x", "x"])  # "get up now, she wont at all wake up": the first `up` is nearer to `wont`
@settings(deadline=None)
def test_what_stands_around_a_phrase_does_not_hide_it(before: list[str]) -> None:
    words = [*before, "wont", "x", "x", "wake", "up"]
    assert "emergency" in called(" ".join(words))


@pytest.mark.parametrize("word", ["overdose", "overdosed", "overdosing", "overdoses"])
def test_every_form_of_a_word_counts(word: str) -> None:
    assert called(word) == {"emergency": {0}}


@pytest.mark.parametrize(("word", "found"), [("fitting", True), ("fit", False), ("fits", False)])
def test_a_marked_word_counts_in_its_own_form_only(word: str, found: bool) -> None:
    assert bool(called(f"he is {word}")) is found


def test_a_marked_word_may_stand_in_an_exception() -> None:
    book = PhraseBook.of([("fit", "emergency"), (f"!{EXACT}fit in", "emergency")])
    assert called("having fits", book)
    assert called("i fits in", book)
    assert not called("how do i fit in", book)


def test_an_exception_takes_back_what_lies_within_it() -> None:
    assert called("i nearly kill myself laughing") == {}
    assert called("i will kill myself") == {"self-harm": {2, 3}}


def test_an_exception_takes_back_nothing_outside_it() -> None:
    assert called("he kill myself laughing and now suicide") == {"self-harm": {6}}
    assert called("it is not too much but he took too much and overdosed") == {"emergency": {7, 8, 9, 11}}
    assert set(called("not too much, i kill myself")) == {"self-harm"}


def test_an_exception_alone_calls_for_nothing() -> None:
    assert called("not too much") == {}


@pytest.mark.parametrize("text", ["my friend", "my mate", "my besties", "mate of my"])
def test_words_that_mean_the_same(text: str) -> None:
    assert set(called(text)) == {"friend"}


def test_words_mean_the_same_on_both_sides() -> None:
    book = PhraseBook.of([("bestie drunk", "friend")], SAME)
    assert called("drunk mates", book)
    assert not called("drunk people", book)


def test_more_words_say_it_more_strongly() -> None:
    strengths = {
        one.target: one.strength for one in BOOK.matches(stemmed(words_of("overdose, my mate wont wake up")))
    }
    assert strengths == {"emergency": 4, "friend": 2}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("unconcious", "unconscious"),
        ("uncontious", "unconscious"),
        ("overdoze", "overdose"),
        ("ovrdose", "overdose"),
        ("suiside", "suicide"),
        ("soocide", "suicide"),
        ("mysef", "myself"),
        ("frend", "friend"),
    ],
)
def test_a_misspelt_word_is_read_as_the_word_of_a_phrase(typed: str, meant: str) -> None:
    read, likeness = BOOK.corrected(typed)
    assert read == meant
    assert 0 < likeness < 1


@pytest.mark.parametrize(
    "word", ["overdone", "fiend", "wkae", "uk", "unc0nscious", "qqzzxx", "", "lafing", "unconscious"]
)
def test_other_words_stay_as_they_are(word: str) -> None:
    """These are English words, short words, codes, and words that are like no other."""
    assert BOOK.corrected(word) == (word, 0)


def test_an_empty_word_holds_its_place_and_says_nothing() -> None:
    assert [one.words for one in BOOK.matches(stemmed(["", "overdose", ""]))] == [frozenset({1})]
    assert BOOK.matches(stemmed(["", ""])) == BOOK.matches(stemmed([])) == []
    assert BOOK.matches(stemmed(["wont", *[""] * SLACK, "wake", "up"]))
    assert not BOOK.matches(stemmed(["wont", *[""] * (SLACK + 1), "wake", "up"]))


def test_a_line_without_words_is_passed_over() -> None:
    assert "" not in BOOK.by_stem
    assert "nothing" not in {phrase.target for rows in BOOK.by_stem.values() for phrase in rows}


def test_a_phrase_with_a_word_twice() -> None:
    book = PhraseBook.of([("bye bye", "farewell")])
    assert called("bye bye", book)


def test_an_empty_book_answers() -> None:
    book = PhraseBook.of([])
    assert book.matches(stemmed(["overdose"])) == []
    assert book.corrected("unconcious") == ("unconcious", 0)


@given(st.lists(st.text("abcdeghiklmnoprstuw", max_size=12), max_size=40))
@settings(deadline=None)
def test_no_words_break_it(words: list[str]) -> None:
    read = [BOOK.corrected(word)[0] for word in words]
    for one in BOOK.matches(stemmed(read)):
        assert one.words <= set(range(len(words)))
