"""The reading grade: right on sentences whose grade is known, steady on everything else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prevention.editorial.reading_age import count_syllables, flesch_kincaid_grade, reading_age

SYLLABLES = {
    1: "the made makes used mixed helped through heart eyes died tried rules files sea breathe young",
    2: "going being wanted needed table uses changes people cocaine oxide nitrous bottles someone",
    3: "alcohol cannabis ketamine violent anyone dangerous serious hospital illegal area medicine",
    4: "emergency anxiety experience reliable temperature overheating recovery euphoria psychedelic",
}


@pytest.mark.parametrize(
    ("word", "syllables"), [(word, count) for count, words in SYLLABLES.items() for word in words.split()]
)
def test_syllables_of_words_that_we_use(word: str, syllables: int) -> None:
    assert count_syllables(word) == syllables
    assert count_syllables(word.upper()) == syllables


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        # Counted by hand: words, sentences, syllables.
        ("The cat sat on the mat.", 0.39 * 6 + 11.8 * 6 / 6 - 15.59),
        ("The cat sat. The dog ran off.", 0.39 * 7 / 2 + 11.8 * 7 / 7 - 15.59),
        ("Call 999 if someone will not wake up.", 0.39 * 7 + 11.8 * 8 / 7 - 15.59),
    ],
)
def test_the_formula(text: str, grade: float) -> None:
    assert flesch_kincaid_grade(text) == pytest.approx(grade)


def test_hard_words_in_long_sentences_are_far_above_plain_ones() -> None:
    plain = "Ketamine makes you feel far from your body. Do not take it alone. Call 999 if you are worried."
    hard = (
        "Administration of ketamine hydrochloride precipitates dissociative phenomenology, necessitating "
        "continuous cardiorespiratory observation by appropriately qualified personnel."
    )
    assert reading_age(plain) < 9
    assert reading_age(hard) > 18


def test_a_list_is_read_line_by_line() -> None:
    listed = "Signs:\n\n- very hot skin\n- fits\n- not waking up\n"
    assert flesch_kincaid_grade(listed) < flesch_kincaid_grade("Signs very hot skin fits not waking up")


def test_the_target_of_a_link_is_not_read() -> None:
    linked = "Read [what to do](https://www.nhs.uk/conditions/recreational-hallucinations/)."
    assert flesch_kincaid_grade(linked) == flesch_kincaid_grade("Read [what to do].")


@pytest.mark.parametrize("empty", ["", "   ", "999", "...", "\n\n"])
def test_without_words_there_is_no_grade(empty: str) -> None:
    assert flesch_kincaid_grade(empty) == 0.0


@given(st.text(max_size=300))
def test_any_text_has_a_finite_grade(text: str) -> None:
    assert -16 < flesch_kincaid_grade(text) < 4000
