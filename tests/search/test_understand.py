"""From text to names and urgency: pure, so tested without a database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.lexicon import Entry, Lexicon, Phrase
from search.text import LONGEST_QUERY, fold
from search.understand import understand


def entry(name: str, page_id: int, title: str, *, ambiguous: bool = False) -> Entry:
    slug = title.lower()
    kind = "title" if name == title else "street"
    return Entry(name, fold(name), kind, ambiguous, page_id, "substance", slug, title, "", f"/drugs/{slug}/")


ENTRIES = [
    entry("Ketamine", 1, "Ketamine"),
    entry("ket", 1, "Ketamine"),
    entry("special k", 1, "Ketamine"),
    entry("Cocaine", 2, "Cocaine"),
    entry("Codeine", 3, "Codeine"),
    entry("Nitrous oxide", 4, "Nitrous oxide"),
    entry("gas", 4, "Nitrous oxide", ambiguous=True),
    entry("ching", 2, "Cocaine"),
    entry("ching", 5, "Methylphenidate"),
    entry("Methylphenidate", 5, "Methylphenidate"),
]


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    by_name: dict[str, tuple[Entry, ...]] = {}
    for row in ENTRIES:
        by_name[row.folded] = (*by_name.get(row.folded, ()), row)
    phrases = (Phrase("overdose", "emergency", 1), Phrase("kill myself", "self-harm", 0))
    return Lexicon(by_name, phrases, longest=2)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  KET! ", "ket"),
        ("can\u2019t breathe", "cant breathe"),
        ("Ca\u0301nnabis", "cannabis"),
        ("2C-B", "2c b"),
        ("\ud800\x00\u202e", ""),
        ("ｋｅｔ", "ket"),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(alphabet=st.characters(), max_size=500))
def test_folding_gives_words_and_nothing_else(text: str) -> None:
    assert set(fold(text)) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("text", ["ket", "KET!", "special  k", "what is special k?", "kets"])
def test_a_whole_name_is_certain(lexicon: Lexicon, text: str) -> None:
    (match,) = understand(text, lexicon).matches
    assert (match.entry.title, match.certain) == ("Ketamine", True)


@pytest.mark.parametrize(("text", "how"), [("ketamne", "near"), ("ketam", "prefix"), ("kteamine", "near")])
def test_a_likely_name_is_only_a_question(lexicon: Lexicon, text: str, how: str) -> None:
    match = understand(text, lexicon).matches[0]
    assert (match.entry.title, match.certain, match.how) == ("Ketamine", False, how)


def test_a_name_of_two_drugs_shows_both(lexicon: Lexicon) -> None:
    titles = {match.entry.title for match in understand("ching", lexicon).matches}
    assert titles == {"Cocaine", "Methylphenidate"}


def test_two_names_in_one_question_are_both_found(lexicon: Lexicon) -> None:
    matches = understand("can i mix ket and cocaine", lexicon).matches
    assert [match.entry.title for match in matches if match.certain] == ["Ketamine", "Cocaine"]


def test_an_ambiguous_word_counts_alone_and_not_in_a_sentence(lexicon: Lexicon) -> None:
    assert understand("gas", lexicon).matches[0].certain
    assert not any(match.certain for match in understand("i smell gas at home", lexicon).matches)


@pytest.mark.parametrize("text", ["zzz", "of", "k", "xylophone", ""])
def test_what_looks_like_nothing_is_nothing(lexicon: Lexicon, text: str) -> None:
    assert understand(text, lexicon).matches == ()


def test_look_alikes_stay_apart(lexicon: Lexicon) -> None:
    (match,) = understand("codeine", lexicon).matches
    assert match.entry.title == "Codeine"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("my friend took an overdose", "emergency"),
        ("I want to kill myself", "self-harm"),
        ("overdose to kill myself", "self-harm"),
        ("overdosed", ""),
        ("ket", ""),
    ],
)
def test_urgent_phrases_are_whole_words(lexicon: Lexicon, text: str, intent: str) -> None:
    assert understand(text, lexicon).urgent == intent


@given(st.text(max_size=2000))
def test_nothing_breaks_it(lexicon: Lexicon, text: str) -> None:
    query = understand(text, lexicon)
    assert sum(len(word) for word in query.words) <= LONGEST_QUERY * 4
