"""The small-number rule and the intervals, against published examples."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prevention.indicators.compute import CONFIDENTIAL, NOT_AVAILABLE, disclosed, per_hundred, wilson


@pytest.mark.parametrize(
    ("n", "text"), [(0, "0"), (1, "[c]"), (7, "[c]"), (8, "10"), (12, "10"), (13, "15"), (1234, "1235")]
)
def test_small_numbers_are_hidden_and_others_rounded(n: int, text: str) -> None:
    assert disclosed(n).text == text


@given(st.integers(min_value=0, max_value=10**9))
def test_a_shown_number_is_a_multiple_of_five_and_near(n: int) -> None:
    value = disclosed(n)
    if value.number is None:
        assert 1 <= n <= 7
    else:
        assert value.number % 5 == 0
        assert abs(value.number - n) <= 2


def test_wilson_as_published() -> None:
    # Newcombe 1998, and OHID's PHEindicatormethods: 10 of 100.
    lower, upper = wilson(10, 100)
    assert (round(lower, 4), round(upper, 4)) == (0.0552, 0.1744)


def test_a_ratio_needs_a_base() -> None:
    assert per_hundred(10, 49, least_base=50) == NOT_AVAILABLE
    assert per_hundred(10, 50, least_base=50).number == 20.0
    assert per_hundred(3, 100, least_base=50) == CONFIDENTIAL


def test_a_ratio_comes_from_rounded_numbers() -> None:
    value = per_hundred(11, 99, least_base=50)
    assert (value.number, value.lower, value.upper) == (10.0, 5.5, 17.4)


def test_more_clicks_than_visits_has_no_interval() -> None:
    value = per_hundred(120, 60, least_base=50)
    assert (value.number, value.lower) == (200.0, None)
