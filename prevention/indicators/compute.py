"""The small-number rule, percentages and confidence intervals: arithmetic without a database.

The rule is that of the Hospital Episode Statistics (NHS England) since September 2018: 1 to 7 is hidden, any
other number is rounded to the nearest 5. Totals are rounded by themselves, rates are computed from rounded
numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

HIDDEN_FROM, HIDDEN_TO = 1, 7
ROUND_TO = 5
Z95 = 1.959963984540054  # the 97.5th percentile of the normal distribution


@dataclass(frozen=True)
class Value:
    """A number that may be shown, with the bounds of its interval, or a shorthand in its place.

    The shorthands are those of the Government Statistical Service: [c] confidential, [x] not available.
    """

    number: float | None
    shorthand: str = ""
    lower: float | None = None
    upper: float | None = None

    @property
    def text(self) -> str:
        """The number, or the shorthand, as a table shows it."""
        if self.number is None:
            return self.shorthand
        return f"{self.number:g}"


CONFIDENTIAL = Value(None, "[c]")
NOT_AVAILABLE = Value(None, "[x]")


def disclosed(n: int) -> Value:
    """Return a count after the small-number rule: [c] from 1 to 7, else rounded to the nearest 5."""
    if HIDDEN_FROM <= n <= HIDDEN_TO:
        return CONFIDENTIAL
    return Value(float(to_nearest_five(n)))


def to_nearest_five(n: int) -> int:
    """Return `n` rounded to the nearest 5."""
    return (n + ROUND_TO // 2) // ROUND_TO * ROUND_TO


def per_hundred(numerator: int, denominator: int, *, least_base: int) -> Value:
    """Return numerator / denominator in percent after the small-number rule, with Wilson's 95 % interval.

    All are rounded to one decimal. [x] when the denominator is below `least_base`; [c] when one of the two
    counts is hidden. Above 100 % (clicks can outnumber visits) there is no interval.
    """
    if denominator < least_base:
        return NOT_AVAILABLE
    top, base = disclosed(numerator), disclosed(denominator)
    if top.number is None or base.number is None:
        return CONFIDENTIAL
    rate = round(100 * top.number / base.number, 1)
    if top.number > base.number:
        return Value(rate)
    lower, upper = wilson(top.number, base.number)
    return Value(rate, "", round(100 * lower, 1), round(100 * upper, 1))


def wilson(successes: float, trials: float) -> tuple[float, float]:
    """Return (lower, upper) of Wilson's 95 % score interval for successes / trials, each from 0 to 1.

    The formula is that of OHID's technical guide. `trials` must be greater than 0.
    """
    p = successes / trials
    middle = 2 * successes + Z95**2
    spread = Z95 * (Z95**2 + 4 * successes * (1 - p)) ** 0.5
    base = 2 * (trials + Z95**2)
    return max((middle - spread) / base, 0.0), min((middle + spread) / base, 1.0)
