"""The events at which an act can be interrupted: each write, and before and after each commit."""

from __future__ import annotations

import gc
import os
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

Act = Callable[[], object]
WRITING = frozenset({"INSERT", "UPDATE", "DELETE", "REPLACE"})
WRITE, BEFORE, AFTER = "a write", "before a commit", "after a commit"


class Wire:
    """Lists the events of one act in `seen`; calls `strike` at event number `at` (from 1).

    `changed` is true if anything was committed.
    """

    def __init__(self, at: int = 0, strike: Act = lambda: None) -> None:
        self.seen: list[str] = []
        self.changed = False
        self._at = at
        self._strike = strike
        self._unwritten = True  # in this transaction

    @property
    def was_struck(self) -> bool:
        """Whether `strike` was called."""
        return 0 < self._at <= len(self.seen)

    @contextmanager
    def tapped(self) -> Iterator[Wire]:
        """Report the events of this thread's default connection to `wire` inside the block."""
        connection = connections["default"]
        commit = connection._commit  # type: ignore[attr-defined]  # where every COMMIT of Django passes
        connection._commit = lambda: self._commit(commit)  # type: ignore[attr-defined]  # as above
        try:
            with connection.execute_wrapper(self._execute):
                yield self
        finally:
            del connection._commit  # type: ignore[attr-defined]  # the method of the class is back

    def _event(self, name: str) -> None:
        self.seen.append(name)
        if len(self.seen) == self._at:
            self._strike()

    def _execute(self, execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if sql.lstrip().partition(" ")[0].upper() not in WRITING:
            return execute(sql, params, many, context)
        self._event(WRITE)
        result = execute(sql, params, many, context)
        self._unwritten = False
        if not context["connection"].in_atomic_block:
            self.changed = True  # a transaction of its own
        return result

    def _commit(self, commit: Callable[[], None]) -> None:
        if self._unwritten:
            commit()
            return
        self._event(BEFORE)
        commit()
        self.changed = self._unwritten = True
        self._event(AFTER)


def lose_connection() -> None:
    """Close the connection, as when the server or the disk fails, and raise OperationalError.

    What was not committed is rolled back, as the database does by itself.
    """
    connection: BaseDatabaseWrapper = connections["default"]
    connection.connection.close()
    raise OperationalError("The connection was lost.")


def die() -> None:
    """End the process at once, as kill -9 does: no handler or `finally` runs."""
    os.kill(os.getpid(), signal.SIGKILL)


def worth_a_kill(seen: list[str]) -> list[int]:
    """Return the numbers of the events at which the process is to be killed.

    Killing is slow, so these are only both sides of each commit and one write in the middle. A lost
    connection is tried at every event.
    """
    return [number + 1 for number, name in enumerate(seen) if name != WRITE or number == len(seen) // 2]


def interrupted(act: Act, at: int) -> Wire:
    """Do an act whose connection is lost at event number `at`; return its Wire."""
    wire = Wire(at, lose_connection)
    try:
        with wire.tapped():
            act()
    except Exception:
        # The act may handle a lost connection in any way, but no other kind of error may occur.
        if not wire.was_struck:
            raise
    finally:
        connections.close_all()
    return wire


def killed(act: Act, at: int) -> bool:
    """Do an act in its own process, which is killed at event number `at`; return False if it ended before."""
    connections.close_all()  # a connection can not be shared by two processes
    child = os.fork()
    if child == 0:
        _act_and_leave(act, at)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return True
    assert status == 0, "The act failed in its own process, without being killed: see above."
    return False


def _act_and_leave(act: Act, at: int) -> None:
    gc.disable()  # it would touch, and so copy, all the memory of the parent
    try:
        with Wire(at, die).tapped():
            act()
        connections.close_all()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    # Not sys.exit, because no handler of the test run may run in this process.
    os._exit(0)
