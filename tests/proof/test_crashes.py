"""Broken off anywhere, by a lost connection or by kill -9: what the public gets agrees with the database."""

from __future__ import annotations

import pytest

from prevention.delivery.content_version import ContentVersion, stored_version
from tests.proof.agreement import agreement, read_all
from tests.proof.doors import DOORS, Door, Scene
from tests.proof.table import Tell
from tests.proof.wire import WRITE, Wire, interrupted, killed, worth_a_kill

pytestmark = pytest.mark.slow
MOST_EVENTS = 400


class Trial:
    """One door, tried again and again: each time it is broken off one event later."""

    def __init__(self, door: Door, scene: Scene, step: int = 1) -> None:
        """`step`: 1 breaks the act off at every event, 25 at every twenty-fifth."""
        self.door = door
        self.scene = scene
        self.step = step
        self.wrong: list[str] = []
        self._version = ContentVersion()

    def prepare(self) -> None:
        """Put everything as it is before the act; readers have read it, and it is kept."""
        self.scene.clear()
        self.door.arrange(self.scene)
        read_all(self.scene.reader, self.door.watched(self.scene))
        self._version = stored_version()

    def act(self) -> None:
        self.door.act(self.scene)

    def check(self, when: str) -> None:
        found = agreement(self.scene.reader, self.door.watched(self.scene))
        self.wrong += [f"{self.door.name}, {when}: {sentence}" for sentence in found]

    def repeat(self, when: str) -> None:
        """Let the scheduler do again what was broken off: nothing of it may be lost."""
        if self.door.is_repeated:
            self.act()
            if not self.door.is_done(self.scene):
                self.wrong.append(f"{self.door.name}, {when}: it is not done by doing it again.")

    def restore(self) -> None:
        """Put everything as it was before, if anything that the public sees has changed."""
        if stored_version() != self._version:
            self.prepare()

    def interrupt(self) -> list[Wire]:
        """Lose the connection at the first event, the second, and so on, until the act comes to its end."""
        tries: list[Wire] = []
        self.prepare()
        self.check("before the act")
        while not tries or tries[-1].was_struck:
            assert len(tries) < MOST_EVENTS
            number = len(tries) * self.step + 1
            wire = interrupted(self.act, at=number)
            tries.append(wire)
            when = f"broken off at event {number}" if wire.was_struck else "at its end"
            self.check(when)
            if wire.was_struck:
                self.repeat(when)
                self.restore()
        assert self.door.is_done(self.scene), self.door.name
        return tries

    def kill(self, seen: list[str]) -> int:
        """Kill the process at these events of the act; returns how often it was killed."""
        self.prepare()
        kills = 0
        for number in worth_a_kill(seen)[:: self.step]:
            kills += killed(self.act, at=number)
            self.check(f"killed at event {number}")
            self.restore()
        return kills


@pytest.mark.parametrize("name", DOORS)
def test_broken_off_anywhere_everything_agrees(
    scene: Scene, name: str, tell: Tell, pytestconfig: pytest.Config
) -> None:
    # Where an act is broken off has nothing to do with the date: on other dates a sample is enough.
    is_sample = pytestconfig.getoption("--on-dates")
    trial = Trial(DOORS[name], scene, step=25 if is_sample else 1)
    tries = trial.interrupt()
    kills = 0 if is_sample else trial.kill(tries[-1].seen)
    writes = tries[-1].seen.count(WRITE)
    tell(name, writes=writes, crashes=len(tries) - 1, kills=kills, disagreements=len(trial.wrong))
    assert not trial.wrong
    assert writes
    assert kills or is_sample
