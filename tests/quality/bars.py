"""The bars: the least or most that figures of the evaluator's summary may be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

from tests.quality import evaluate

PATH = "results.*.slug"
CRISIS_PATH = "crisis.show"

Row = dict[str, Any]
Ask = Callable[[str], Any]  # the answer of the API to a question, as parsed JSON


@dataclass(frozen=True)
class Bar:
    """The least that a figure may be, or the most if `at_most`. `place` are its keys in the summary."""

    name: str
    place: tuple[str, ...]
    value: float
    at_most: bool = False

    def is_met(self, measured: float) -> bool:
        """Whether the figure meets the bar; NaN (no such question) never does."""
        return measured <= self.value if self.at_most else measured >= self.value


BARS = (
    Bar("canonical, first result right", ("kinds", "canonical", "recall1"), 0.98),
    Bar("brand, first result right", ("kinds", "brand", "recall1"), 0.93),
    Bar("chemical, first result right", ("kinds", "chemical", "recall1"), 0.93),
    Bar("slang of the UK, first result right", ("cuts", "slang uk", "recall1"), 0.88),
    Bar("slang of the US, first result right", ("cuts", "slang us", "recall1"), 0.70),
    Bar("misspelling, real, first result right", ("cuts", "misspelling real", "recall1"), 0.88),
    Bar("misspelling, generated, first result right", ("cuts", "misspelling generated", "recall1"), 0.95),
    Bar("question, first result right", ("kinds", "question", "recall1"), 0.85),
    Bar("question, right among the first three", ("kinds", "question", "recall3"), 0.94),
    Bar("school, first result right", ("kinds", "school", "recall1"), 0.80),
    Bar("all look-ups, the very best page first", ("overall_lookup", "pref1"), 0.85),
    Bar("nonsense answered with no drug", ("nonsense", "without_drug"), 0.95),
    Bar("crisis, urgent help shown", ("crisis", "help_rate"), 0.97),
    Bar("false alarms", ("crisis", "false_alarm_rate"), 0.01, at_most=True),
)


@dataclass(frozen=True)
class Verdict:
    """A bar, and what was measured."""

    bar: Bar
    measured: float

    @property
    def is_met(self) -> bool:
        """Whether the figure meets the bar."""
        return self.bar.is_met(self.measured)

    @property
    def is_measured(self) -> bool:
        """Whether there were questions of this kind."""
        return not isnan(self.measured)

    def __str__(self) -> str:
        sign = "<=" if self.bar.at_most else ">="
        told = "met" if self.is_met else "MISSED" if self.is_measured else "no such questions"
        return f"{self.bar.name:44s} {self.measured:6.3f}  {sign} {self.bar.value:.2f}  {told}"


def verdicts(summary: Row, bars: Iterable[Bar] = BARS) -> list[Verdict]:
    """Return each bar with its figure, which is NaN if there are no questions of its kind."""
    return [Verdict(bar, _at(summary, bar.place)) for bar in bars]


def without_drug(questions: Sequence[Row], ask: Ask) -> float:
    """Return the share of nonsense queries that are not answered with a drug.

    The evaluator's `correct-empty` wants no result at all; a topic that is shown harms nobody.
    """
    nonsense = [row["q"] for row in questions if row["kind"] == "nonsense"]
    named = [any(result["kind"] == "substance" for result in ask(text)["results"]) for text in nonsense]
    return named.count(False) / len(named) if named else float("nan")


def scored(questions: Sequence[Row], ask: Ask, alias: Row) -> list[Row]:
    """Return the rows for `evaluate.summarise`, from calls of `ask` in this process instead of HTTP."""
    rows = []
    for question in questions:
        answer = ask(question["q"])
        got = evaluate.ranked(answer, [PATH])[:10]
        accepted = evaluate.accept(question["expect"], alias)
        best = evaluate.accept(question["expect"][:1], alias)
        rows.append(
            {
                "r": question,
                "got": got,
                "ms": 0.0,
                "err": None,
                "empty": not got,
                "help": evaluate.flag(answer, [CRISIS_PATH]),
                "rank": next((place for place, slug in enumerate(got, 1) if slug in accepted), 0),
                "pref": bool(got) and got[0] in best,
            }
        )
    return rows


def _at(summary: Row, place: tuple[str, ...]) -> float:
    found: Any = summary
    for key in place:
        found = (found or {}).get(key)
    return float("nan") if found is None else float(found)
