"""Plain arithmetic: the small-number rule and confidence intervals. No database, no request.

The rule is the one NHS England uses for hospital statistics since September 2018: 1 to 7 is hidden, the rest
is rounded to the nearest 5, totals are rounded by themselves, and rates come from rounded numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

HIDDEN_FROM, HIDDEN_TO = 1, 7
ROUND_TO = 5
Z95 = 1.959963984540054  # the 97.5th percentile of the normal distribution


@dataclass(frozen=True)
class Value:
    """A number that may be shown, or the GSS shorthand in its place ([c] confidential, [x] none)."""

    number: float | None
    shorthand: str = ""
    lower: float | None = None
    upper: float | None = None

    @property
    def text(self) -> str:
        """As a table shows it."""
        if self.number is None:
            return self.shorthand
        return f"{self.number:g}"


CONFIDENTIAL = Value(None, "[c]")
NOT_AVAILABLE = Value(None, "[x]")


def disclosed(n: int) -> Value:
    """A count under the small-number rule: hidden from 1 to 7, else rounded to the nearest 5."""
    if HIDDEN_FROM <= n <= HIDDEN_TO:
        return CONFIDENTIAL
    return Value(float(to_nearest_five(n)))


def to_nearest_five(n: int) -> int:
    """`n` to the nearest 5. A whole number is never half way, so there is nothing to break ties for."""
    return (n + ROUND_TO // 2) // ROUND_TO * ROUND_TO


def per_hundred(numerator: int, denominator: int, *, least_base: int) -> Value:
    """A percentage of two counts after the rule, with Wilson's 95 % interval; one decimal.

    [x] when the base is below `least_base`; [c] when a part is hidden; more than 100 is given as it is,
    without an interval, since clicks can outnumber visits.
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
    """Wilson's score interval (95 %) of a proportion, as OHID's technical guide gives it. `trials` > 0."""
    p = successes / trials
    middle = 2 * successes + Z95**2
    spread = Z95 * (Z95**2 + 4 * successes * (1 - p)) ** 0.5
    base = 2 * (trials + Z95**2)
    return max((middle - spread) / base, 0.0), min((middle + spread) / base, 1.0)
