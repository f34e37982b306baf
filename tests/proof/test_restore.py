"""A database restored by hand, with no command after it: nothing is shown that is not in the database."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from django.db import connection, connections

from prevention.core.models import ContentChange, Cursor, UnknownCursorError
from prevention.home.models import StandardPage
from tests import postgres
from tests.proof.agreement import agreement, read_all
from tests.proof.doors import DOORS, Scene
from tests.proof.table import Tell

pytestmark = pytest.mark.slow


class Backup:
    """A copy of the whole database, taken and restored with the database's own tools only."""

    def __init__(self, folder: Path) -> None:
        self._copy = folder / "backup"
        self._name = str(connection.settings_dict["NAME"])

    def take(self) -> None:
        """Copy the database."""
        connections.close_all()
        if connection.vendor == "sqlite":
            shutil.copyfile(self._name, self._copy)
        else:
            postgres.dump(self._url, self._copy)

    def put_back(self) -> None:
        """Replace the database by the copy."""
        connections.close_all()
        if connection.vendor == "sqlite":
            shutil.copyfile(self._copy, self._name)
        else:
            with postgres.server(self._url) as connected:
                connected.execute("DROP SCHEMA public CASCADE")
                connected.execute("CREATE SCHEMA public")
            postgres.load(self._url, self._copy)

    @property
    def _url(self) -> str:
        return postgres.url_of(os.environ["DATABASE_URL"], self._name)


def edit_something_else() -> None:
    """Make another edit, which adds one line to the log."""
    page = StandardPage.objects.get(slug="about")
    page.summary = "Another edit, after the backup was put back."
    page.explain(small=True)
    page.save_revision().publish()


@pytest.mark.parametrize("name", ["publish", "made public", "alert approved"])
def test_after_a_restore_nobody_is_shown_what_the_database_does_not_hold(
    scene: Scene, tmp_path: Path, tell: Tell, name: str
) -> None:
    door = DOORS[name]
    scene.clear()
    door.arrange(scene)
    watched = door.watched(scene)
    read_all(scene.reader, watched)
    backup = Backup(tmp_path)
    backup.take()
    before = Cursor.present()

    # An edit that the restore will undo. It is read, so the process keeps it in memory.
    door.act(scene)
    assert agreement(scene.reader, watched) == []
    lost = Cursor.present()
    assert lost.version == before.version + 1

    backup.put_back()
    assert Cursor.present() == before
    # Nothing is read before the edit, so the kept answers are still those of the lost history.
    edit_something_else()
    again = Cursor.present()
    assert again.version == lost.version  # the same number, of another change
    assert again.token != lost.token
    wrong = agreement(scene.reader, watched)
    tell(f"restore at {before.version}, after {name}", disagreements=len(wrong))
    assert wrong == []
    for cursor in (lost, Cursor(lost.version + 1, lost.token)):
        with pytest.raises(UnknownCursorError, match="a backup may have been put back"):
            ContentChange.objects.since(cursor)
    assert [row.cursor for row in ContentChange.objects.since(before)] == [again]

    backup.put_back()
    assert agreement(scene.reader, watched) == []
