"""Reads opening hours, lines such as 'mon-thu 18:00-02:00' or 'always', and says them in words."""

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

    def in_words(self) -> str:
        """Return the hours in short sentences, '' when they are not known.

        Such as 'Day and night, every day.' or 'Monday to Thursday, 6pm to 2am. Friday 6pm to Monday 6am.'
        """
        joined = _joined(self.spans)
        if joined == [(0, WEEK)]:
            return "Day and night, every day."
        days_of: dict[str, list[int]] = {}
        for opens, shuts in joined:
            until = _time(shuts)
            if opens % DAY == shuts % DAY == 0:
                days_of.setdefault("all day", []).extend(range(opens // DAY, shuts // DAY))
            elif shuts - opens > DAY:
                until = f"{DAY_NAMES[shuts // DAY % 7]} {until}"
                days_of[f"{DAY_NAMES[opens // DAY]} {_time(opens)} to {until}"] = []
            else:
                days_of.setdefault(f"{_time(opens)} to {until}", []).append(opens // DAY)
        return " ".join(f"{_days(days)}{', ' if days else ''}{hours}." for hours, days in days_of.items())


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the spans with those made one that meet or overlap, over the end of the week too."""
    joined: list[tuple[int, int]] = []
    for opens, shuts in spans:
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(shuts, joined[-1][1]))
        else:
            joined.append((opens, shuts))
    if len(joined) > 1 and joined[-1][1] - WEEK >= joined[0][0]:
        joined[-1] = (joined[-1][0], max(joined[-1][1], joined.pop(0)[1] + WEEK))
    return joined


def _days(days: list[int]) -> str:
    """Return days of the week (0: Monday) in words: 'Monday to Thursday and Saturday'."""
    if len(days) == len(DAYS):
        return "Every day"
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    parts = []
    for run in runs:
        names = [DAY_NAMES[day % 7] for day in run]
        parts += [f"{names[0]} to {names[-1]}"] if len(run) > 2 else names
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _time(minute: int) -> str:
    """Return a time of day as people read it: '6pm', '9.30am', 'noon', 'midnight'."""
    hour, rest = divmod(minute % DAY, 60)
    if not rest and hour in {0, 12}:
        return "noon" if hour else "midnight"
    return f"{hour % 12 or 12}{f'.{rest:02}' if rest else ''}{'pm' if hour >= 12 else 'am'}"


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
