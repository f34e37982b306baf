"""Writes the log of changes: one line for each change of what the public can see (decision 40).

The readers of the log (prevention.core.log_readers: the search index, the public list of changes) read it by
themselves; nothing here calls them. Signals of saving and deleting write the lines, in the transaction of the
change, so that forms, bulk actions, workflows, the scheduler, imports and code are all logged.

A page is compared with its last line in the log, not with its state in memory. So the lines of a page make
sense in sequence: a withdrawn page can only be restored, and is not withdrawn a second time.

`wiring` connects the receivers of `pages` and `records` to the signals. They write their lines with `lines`,
and those of the pages that show the changed thing with `dependents`.
"""

from __future__ import annotations

from prevention.core.change_log.dependents import log_dependents, shown_on
from prevention.core.change_log.lines import add_lines, address_of, everything_changed, log_release
from prevention.core.change_log.records import line_of
from prevention.core.change_log.wiring import connect, log_saves_of, make_atomic
from prevention.core.change_log.withdrawals import withdrawal

__all__ = [
    "add_lines",
    "address_of",
    "connect",
    "everything_changed",
    "line_of",
    "log_dependents",
    "log_release",
    "log_saves_of",
    "make_atomic",
    "shown_on",
    "withdrawal",
]
