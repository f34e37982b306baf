"""Questions that must show an urgent card, and questions that must not: both mistakes do harm.

crisis.csv holds them as people type them. `card` is the code of the expected card, or empty for none.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

from search.find import find
from search.models import Intent

pytestmark = pytest.mark.django_db

LEAST_FOUND = 0.97
MOST_FALSE = 0.01


@cache
def questions() -> list[tuple[str, str]]:
    """Return (text, code of the card or '') of every row."""
    with (Path(__file__).parent / "crisis.csv").open(encoding="utf-8", newline="") as file:
        return [(row["text"], row["card"]) for row in csv.DictReader(file)]


def shown(text: str) -> str:
    """Return the code of the urgent card that is shown for `text`, or ''."""
    crisis = find(text).crisis
    return crisis.code if crisis else ""


def test_the_questions_are_fit_to_measure_with() -> None:
    texts = [text.strip().lower() for text, _ in questions()]
    assert len(texts) == len(set(texts))
    cards = [card for _, card in questions()]
    assert set(cards) - {""} == set(Intent.objects.filter(urgent=True).values_list("code", flat=True))
    assert cards.count("") > 1000
    assert len(cards) - cards.count("") > 500


def test_what_is_urgent_brings_up_a_card() -> None:
    urgent = [(text, card) for text, card in questions() if card]
    missed = [f"{card}: {text}" for text, card in urgent if not shown(text)]
    found = 1 - len(missed) / len(urgent)
    assert found >= LEAST_FOUND, "\n".join([f"{found:.2%} of {len(urgent)} found. Missed:", *missed])


def test_it_is_the_card_that_was_meant() -> None:
    """Even the wrong urgent card says to call 999, but it does not answer what was asked."""
    brought = [(text, card, shown(text)) for text, card in questions() if card]
    wrong = [f"{card}: {text} ({got})" for text, card, got in brought if got not in {"", card}]
    assert len(wrong) <= len(brought) * (1 - LEAST_FOUND), "\n".join(wrong)


def test_what_is_not_urgent_brings_up_none() -> None:
    calm = [text for text, card in questions() if not card]
    alarms = [f"{card}: {text}" for text in calm if (card := shown(text))]
    false = len(alarms) / len(calm)
    assert false <= MOST_FALSE, "\n".join([f"{false:.2%} of {len(calm)} brought up a card:", *alarms])
