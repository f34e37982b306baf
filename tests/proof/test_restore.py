"""A backup put back by hand, and no command after it: nobody is shown what the database does not hold."""

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
    """A copy of the whole database, as somebody makes one and puts it back who knows the database only."""

    def __init__(self, folder: Path) -> None:
        self._copy = folder / "backup"
        self._name = str(connection.settings_dict["NAME"])

    def take(self) -> None:
        connections.close_all()
        if connection.vendor == "sqlite":
            shutil.copyfile(self._name, self._copy)
        else:
            postgres.dump(self._url, self._copy)

    def put_back(self) -> None:
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
    """One other edit, of one line of the log."""
    page = StandardPage.objects.get(slug="about")
    page.summary = "Another edit, after the backup was put back."
    page.save_revision().publish()


@pytest.mark.parametrize("name", ["publish", "made public", "alert saved"])
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

    # What will never have been: it is read, and so kept in the memory of the process.
    door.act(scene)
    assert agreement(scene.reader, watched) == []
    lost = Cursor.present()
    assert lost.version == before.version + 1

    backup.put_back()
    assert Cursor.present() == before
    # Nothing is read before the edit: what is kept is still what was kept in the lost history.
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
