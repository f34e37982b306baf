"""The table at the end of a run of the proof: numbers for each door."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

PROPERTY = "proof"
COLUMNS = ("writes", "crashes", "kills", "disagreements")


class Tell(Protocol):
    """A function that adds numbers of a test to the table."""

    def __call__(self, door: str, **numbers: int) -> None: ...


def table(reports: Iterable[Any]) -> Iterator[str]:
    """Yield the lines of the table; none if no test has added numbers."""
    rows = [value for report in reports for name, value in report.user_properties if name == PROPERTY]
    crashes = [row for row in rows if set(COLUMNS) <= row["numbers"].keys()]
    if crashes:
        yield " | ".join(("engine", "door", *COLUMNS))
        for row in crashes:
            yield " | ".join((row["engine"], row["door"], *(str(row["numbers"][name]) for name in COLUMNS)))
        sums = (str(sum(row["numbers"][name] for row in crashes)) for name in COLUMNS)
        yield " | ".join((crashes[0]["engine"], "all", *sums))
    for row in rows:
        if row not in crashes:
            told = ", ".join(f"{name.replace('_', ' ')} {n}" for name, n in row["numbers"].items())
            yield f"{row['engine']} | {row['door']} | {told}"
