"""Acts interrupted anywhere, by a lost connection or kill -9: the public sees what the database has."""

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
    """One door, tried repeatedly; each time the act is interrupted one event later."""

    def __init__(self, door: Door, scene: Scene, step: int = 1) -> None:
        """Interrupt the act at every `step`-th event."""
        self.door = door
        self.scene = scene
        self.step = step
        self.wrong: list[str] = []
        self._version = ContentVersion()

    def prepare(self) -> None:
        """Set the scene up for the act, and read everything, so that answers are kept."""
        self.scene.clear()
        self.door.arrange(self.scene)
        read_all(self.scene.reader, self.door.watched(self.scene))
        self._version = stored_version()

    def act(self) -> None:
        """Do the act once."""
        self.door.act(self.scene)

    def check(self, when: str) -> None:
        """Note every difference between what the public sees and the database."""
        found = agreement(self.scene.reader, self.door.watched(self.scene))
        self.wrong += [f"{self.door.name}, {when}: {sentence}" for sentence in found]

    def repeat(self, when: str) -> None:
        """Let the scheduler do an interrupted act again, and check that nothing of it is lost."""
        if self.door.is_repeated:
            self.act()
            if not self.door.is_done(self.scene):
                self.wrong.append(f"{self.door.name}, {when}: it is not done by doing it again.")

    def restore(self) -> None:
        """Restore the state before the act, if anything public has changed."""
        if stored_version() != self._version:
            self.prepare()

    def interrupt(self) -> list[Wire]:
        """Lose the connection at the first event, then at the second, and so on, until the act completes."""
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
        """Kill the process at these events of the act; return how often it was killed."""
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
    # The date makes no difference to where an act can be interrupted, so a sample is enough on other dates.
    is_sample = pytestconfig.getoption("--on-dates")
    trial = Trial(DOORS[name], scene, step=25 if is_sample else 1)
    tries = trial.interrupt()
    kills = 0 if is_sample else trial.kill(tries[-1].seen)
    writes = tries[-1].seen.count(WRITE)
    tell(name, writes=writes, crashes=len(tries) - 1, kills=kills, disagreements=len(trial.wrong))
    assert not trial.wrong
    assert writes
    assert kills or is_sample
