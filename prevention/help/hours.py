"""Reads opening hours: lines such as 'mon-thu 18:00-02:00' or 'always'."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ALWAYS = "always"
DAY, WEEK = 24 * 60, 7 * 24 * 60  # minutes

_LINE = re.compile(r"(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))? (?P<opens>\d\d:\d\d)-(?P<shuts>\d\d:\d\d)")


@dataclass(frozen=True)
class Hours:
    """Opening hours of a usual week, as spans (from, to) in minutes since Monday 00:00; () when not known.

    `to` is the first minute after closing; past midnight on Sunday it is above WEEK.
    """

    spans: tuple[tuple[int, int], ...] = ()

    @classmethod
    def read(cls, lines: Sequence[str]) -> Hours:
        """Return the hours that an editor's lines give. Raises ValueError for a line that can not be read."""
        spans: list[tuple[int, int]] = []
        for line in lines:
            spans += _spans(line.strip().lower())
        return cls(tuple(sorted(spans)))

    def is_open(self, moment: datetime.datetime) -> bool | None:
        """Return whether it is open at `moment` (local time); None when the hours are not known."""
        if not self.spans:
            return None
        minute = _minute(moment)
        return any(opens <= minute < shuts or opens <= minute + WEEK < shuts for opens, shuts in self.spans)

    def says(self, moment: datetime.datetime) -> str:
        """Return a sentence about `moment` (local time), '' when the hours are not known.

        Such as 'Open now' or 'Closed now. Opens on Friday at 18:00.'
        """
        state = self.is_open(moment)
        if state is None:
            return ""
        if state:
            return "Open now"
        minute = _minute(moment)
        opens = min((opens - minute) % WEEK for opens, _ in self.spans) + minute
        clock = f"{opens % DAY // 60:02}:{opens % 60:02}"
        if opens // DAY == minute // DAY:
            return f"Closed now. Opens today at {clock}."
        return f"Closed now. Opens on {DAY_NAMES[opens // DAY % 7]} at {clock}."


def _spans(line: str) -> list[tuple[int, int]]:
    if line == ALWAYS:
        return [(0, WEEK)]
    found = _LINE.fullmatch(line)
    if not found or found["first"] not in DAYS or (found["last"] or "mon") not in DAYS:
        raise ValueError(f"Write '{line}' as 'mon-fri 09:00-17:00', 'sat 10:00-14:00' or 'always'.")
    opens, shuts = _minutes(found["opens"]), _minutes(found["shuts"])
    if shuts <= opens:
        shuts += DAY  # past midnight
    first, last = DAYS.index(found["first"]), DAYS.index(found["last"] or found["first"])
    days = range(first, last + 1) if last >= first else [*range(first, 7), *range(last + 1)]
    return [(day * DAY + opens, day * DAY + shuts) for day in days]


def _minutes(clock: str) -> int:
    hours, minutes = (int(part) for part in clock.split(":"))
    if hours > 24 or minutes > 59 or hours * 60 + minutes > DAY:
        raise ValueError(f"'{clock}' is no time of day: write 00:00 to 24:00.")
    return hours * 60 + minutes


def _minute(moment: datetime.datetime) -> int:
    return moment.weekday() * DAY + moment.hour * 60 + moment.minute
