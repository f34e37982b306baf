"""No input breaks search: a part of `python -m tests.quality.bad_input`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.quality.bad_input import Outcome, hostile, tried
from tests.quality.hostile import Hostile

COUNT = 1500


@pytest.mark.slow
@pytest.mark.django_db
def test_strings_made_to_hurt_are_answered(settings: Any, pytestconfig: pytest.Config) -> None:
    settings.THROTTLE_RATES = dict.fromkeys(settings.THROTTLE_RATES, 10**9)
    # What hurts has nothing to do with the date: on other dates a sample is enough.
    count = 100 if pytestconfig.getoption("--on-dates") else COUNT
    outcome = tried(hostile(count))
    assert outcome.failures == []
    assert {name: len(times) for name, times in outcome.times.items()} == {
        "find": count,
        "suggest": count,
        "API search": count // 50,
        "API suggest": count // 50,
        "results page": count // 50,
    }


def test_the_strings_are_the_same_in_every_run() -> None:
    assert list(Hostile(["ket"], ["wont wake up"]).strings(50)) == list(
        Hostile(["ket"], ["wont wake up"]).strings(50)
    )


def test_a_failure_is_noted_and_the_run_goes_on() -> None:
    outcome = Outcome()
    for text in ("1", "x", "2"):
        outcome.call("int", int, text)
    assert len(outcome.times["int"]) == 3
    assert outcome.failures == ["int: ValueError: invalid literal for int() with base 10: 'x': 'x'"]
