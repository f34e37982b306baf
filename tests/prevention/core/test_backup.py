"""Backup and restore on a site of its own: all of it comes back, or nothing is changed and it is said why."""

from __future__ import annotations

import fcntl
import importlib.util
import json
import os
import pty
import random
import re
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from pytest_django import Settings

from prevention.core import backup
from prevention.core.backup import archive, postgres
from prevention.core.backup.manifest import Manifest
from tests.prevention.core.backup_site import (
    CONTENT,
    ROOT,
    SESSION,
    Site,
    ask,
    damages,
    fill,
    hashes,
    local_site,
    pack,
    parts_of,
    production_site,
    relisted,
    rows,
)

pytestmark = pytest.mark.slow


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Return a folder that one worker has filled for all of them: the tables alone take ten seconds."""
    base = factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / name
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            folder.mkdir()
            make(folder)
            (folder / "done").touch()
    return folder


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a site and a backup of it."""

    def make(folder: Path) -> None:
        site = local_site(folder / "site")
        site.folder.mkdir()
        fill(site)
        site.back_up()

    return made_once(tmp_path_factory, "filled", make)


@pytest.fixture(scope="session")
def saved(filled: Path) -> Path:
    """The backup; no test may change it."""
    return filled / "saved.tar.gz"


@pytest.fixture
def site(filled: Path, tmp_path: Path) -> Site:
    """A site with content, the same as in the backup."""
    shutil.copytree(filled / "site", tmp_path / "site")
    return local_site(tmp_path / "site")


@pytest.fixture
def reader(site: Site) -> Iterator[sqlite3.Connection]:
    """A connection that was open before, as a worker's is."""
    with closing(sqlite3.connect(site.database, isolation_level=None)) as open_connection:
        ask(open_connection, "SELECT username FROM users_user")
        yield open_connection


MANIFEST = Manifest("2026-01-01", "sqlite", "1.0", (), {}, {})
USERS = "SELECT username FROM users_user WHERE username <> 'admin' ORDER BY id"
CHANGE = "UPDATE users_user SET username = 'somebody else' WHERE username = 'ed'"


class TestTheFile:
    def test_it_says_what_is_in_it(self, saved: Path, filled: Path) -> None:
        parts = parts_of(saved)
        manifest = json.loads(parts.pop("manifest.json"))
        assert manifest["format"] == 1
        assert manifest["engine"] == "sqlite"
        assert re.fullmatch(r"\d+\.\d+\.\d+", manifest["candour"])
        assert manifest["made_at"].endswith("+00:00")
        assert manifest["content"]["version"] >= 1
        assert "core.0001_initial" in manifest["migrations"]
        assert {name: len(content) for name, content in parts.items()} == {
            name: member["size"] for name, member in manifest["members"].items()
        }
        uploads = local_site(filled / "site").uploads()
        assert len(uploads) == 3  # the picture, its smaller copy, the document
        assert {
            name.removeprefix("media/"): member["sha256"]
            for name, member in manifest["members"].items()
            if name.startswith("media/")
        } == uploads

    def test_it_is_for_its_owner_only(self, saved: Path) -> None:
        assert stat.S_IMODE(saved.stat().st_mode) == 0o600

    def test_no_session_is_in_it(self, saved: Path, site: Site) -> None:
        assert SESSION.encode() in site.database.read_bytes()
        database = parts_of(saved)["database.sqlite3"]
        assert b"ed@candour.example" in database
        assert SESSION.encode() not in database

    def test_without_a_name_it_lies_beside_the_uploads(self, site: Site, tmp_path: Path) -> None:
        said = site.must("backup")
        (made,) = (site.folder / "backups").iterdir()
        assert f"Backup: {made} (" in said
        assert "the database and 3 uploads" in said
        assert re.fullmatch(r"candour-\d{8}-\d{6}\.tar\.gz", made.name)
        assert stat.S_IMODE(made.parent.stat().st_mode) == 0o700
        assert not site.leftovers()

    def test_a_file_that_is_there_is_not_overwritten(self, site: Site, tmp_path: Path) -> None:
        (tmp_path / "mine").write_text("precious")
        assert "already. Give another name" in site.refuses("backup", str(tmp_path / "mine"))
        assert (tmp_path / "mine").read_text() == "precious"

    def test_it_is_not_put_among_the_uploads(self, site: Site) -> None:
        assert "lies among the uploads" in site.refuses("backup", str(site.media / "saved"))
        assert not (site.media / "saved").exists()

    def test_there_must_be_something_to_back_up(self, tmp_path: Path) -> None:
        empty = local_site(tmp_path / "site")
        empty.folder.mkdir()
        assert "There is nothing to back up" in empty.refuses("backup")
        assert not list((empty.folder / "backups").iterdir())

    def test_what_is_not_yet_decided_is_not_in_it(self, site: Site, reader: sqlite3.Connection) -> None:
        reader.execute("BEGIN IMMEDIATE")
        reader.execute(CHANGE)
        (site.folder / "copy.sqlite3").write_bytes(parts_of(site.back_up())["database.sqlite3"])
        reader.execute("COMMIT")
        with closing(sqlite3.connect(site.folder / "copy.sqlite3")) as copy:
            assert ask(copy, USERS) == ["ed"]
        assert ask(reader, USERS) == ["somebody else"]

    def test_one_that_is_killed_never_looks_whole(self, site: Site, tmp_path: Path) -> None:
        with (site.media / "large").open("wb") as large:
            large.truncate(1 << 30)
        command = [sys.executable, "manage.py", "backup", str(tmp_path / "saved.tar.gz")]
        with subprocess.Popen(command, cwd=ROOT, env=site.env) as process:
            while not list(tmp_path.glob(".saved*.part")) and process.poll() is None:
                time.sleep(0.02)
            process.kill()
        assert process.returncode == -signal.SIGKILL
        assert list(tmp_path.glob(".saved*.part"))
        assert not (tmp_path / "saved.tar.gz").exists()

    def test_what_is_no_plain_file_is_told(self, site: Site) -> None:
        (site.media / "passwords").symlink_to("/etc/passwd")
        (site.media / "folder").symlink_to("/etc")
        os.mkfifo(site.media / "pipe")
        result = site.manage("backup")
        assert result.returncode == 0
        assert "Not in it" in result.stderr
        for name in ("passwords", "folder", "pipe"):
            assert f"media/{name}" in result.stderr


class TestWriting:
    """What is hard to time from outside: the writer itself, on small files."""

    @pytest.fixture
    def database(self, tmp_path: Path) -> Path:
        path = tmp_path / "database.sqlite3"
        path.write_bytes(b"rows" * 1000)
        return path

    def test_uploads_that_vanish_are_named_and_nothing_else_is_lost(
        self, database: Path, tmp_path: Path
    ) -> None:
        (tmp_path / "b.pdf").write_bytes(b"b")
        uploads = [("media/a.pdf", tmp_path / "a.pdf"), ("media/b.pdf", tmp_path / "b.pdf")]
        manifest, left_out = archive.write(tmp_path / "target", MANIFEST, database, iter(uploads))
        assert left_out == ["media/a.pdf"]
        assert set(manifest.members) == {"database.sqlite3", "media/b.pdf"}
        (tmp_path / "out").mkdir()
        assert archive.unpack(tmp_path / "target", tmp_path / "out", None) == manifest

    @pytest.mark.parametrize("reason", [KeyboardInterrupt, OSError])
    def test_one_that_is_broken_off_leaves_nothing(
        self, database: Path, tmp_path: Path, reason: type[BaseException]
    ) -> None:
        def broken_off() -> Iterator[tuple[str, Path]]:
            assert [path.name for path in tmp_path.glob(".target*")]  # under a name that is no backup's
            assert not (tmp_path / "target").exists()
            yield "media/a.pdf", database
            raise reason

        with pytest.raises(reason):
            archive.write(tmp_path / "target", MANIFEST, database, broken_off())
        assert [path.name for path in tmp_path.iterdir()] == [database.name]

    def test_a_folder_of_uploads_may_be_missing(self, tmp_path: Path) -> None:
        assert not list(archive.uploads_in(tmp_path / "nowhere"))


class TestRestore:
    # Not in a backup, or made anew with every `migrate`: the permissions of roles, and the numbers they get.
    OFTEN_NEW = (
        "django_session",
        "core_contentstamp",
        "core_contentchange",  # the lines of the backup, and one of the restore
        "django_migrations",
        "auth_group_permissions",
        "sqlite_sequence",
    )

    def change(self, site: Site) -> None:
        """Do to the site what a bad day does: rows changed and gone, uploads changed, gone and new."""
        with closing(sqlite3.connect(site.database)) as live:
            live.execute(CHANGE)
            live.execute("DELETE FROM media_candourrendition")
            live.execute("CREATE TABLE intruder (id INTEGER)")
            live.commit()
        (document,) = (site.media / "documents").iterdir()
        document.unlink()
        (site.media / "documents" / "new.pdf").write_bytes(b"%PDF new")
        next((site.media / "original_images").iterdir()).write_bytes(b"defaced")

    def test_everything_comes_back_and_open_connections_see_it(
        self, site: Site, saved: Path, reader: sqlite3.Connection
    ) -> None:
        before, uploads = rows(site.database, without=self.OFTEN_NEW), site.uploads()
        self.change(site)
        changed = site.uploads()
        inode = site.database.stat().st_ino
        with closing(sqlite3.connect(site.database, isolation_level=None)) as slow:
            slow.execute("BEGIN")
            assert ask(slow, USERS) == ["somebody else"]
            said = site.must("restore", str(saved), "--no-input")
            assert ask(slow, USERS) == ["somebody else"]  # its own moment, to its end
            slow.execute("COMMIT")
            assert ask(slow, USERS) == ["ed"]
        assert ask(reader, USERS) == ["ed"]
        assert site.database.stat().st_ino == inode
        assert ask(reader, "PRAGMA journal_mode") == ["wal"]
        assert ask(reader, "PRAGMA integrity_check") == ["ok"]
        assert ask(reader, "SELECT count(*) FROM django_session") == [0]
        assert rows(site.database, without=self.OFTEN_NEW) == before
        assert site.uploads() == uploads
        assert {stat.S_IMODE(path.stat().st_mode) for path in site.media.rglob("*.p*")} == {0o640}
        assert not site.leftovers()
        # The state before is kept, and can be had again.
        match = re.search(r"The state before is kept in (\S+)", said)
        assert match is not None
        site.must("restore", match.group(1), "--no-input", "--no-safety-copy")
        assert ask(reader, USERS) == ["somebody else"]
        assert site.uploads() == changed
        assert len(list((site.folder / "backups").iterdir())) == 1

    def test_what_is_derived_from_the_content_is_told(self, site: Site, saved: Path) -> None:
        version = json.loads(parts_of(saved)["manifest.json"])["content"]["version"]
        lines = "SELECT version || token FROM core_contentchange WHERE version <= ? ORDER BY version"
        with closing(sqlite3.connect(site.database)) as live:
            before = live.execute(lines, [version]).fetchall()
        site.must("restore", str(saved), "--no-input")
        with closing(sqlite3.connect(site.database)) as live:
            assert ask(live, "SELECT min(version) FROM core_contentstamp")[0] > version
            assert live.execute(lines, [version]).fetchall() == before
            after = live.execute("SELECT action FROM core_contentchange WHERE version > ?", [version])
            assert {action for (action,) in after} == {"restored"}

    def test_an_older_backup_is_migrated(self, site: Site, saved: Path, reader: sqlite3.Connection) -> None:
        site.must("migrate", "engagement", "0001")
        old = site.back_up("old.tar.gz")
        assert "engagement.0002_period" not in json.loads(parts_of(old)["manifest.json"])["migrations"]
        site.must("restore", str(saved), "--no-input")
        present = rows(site.database, without=self.OFTEN_NEW)
        site.must("restore", str(old), "--no-input")
        applied = "SELECT name FROM django_migrations WHERE app = 'engagement' ORDER BY id DESC LIMIT 1"
        assert ask(reader, applied) == ["0002_period"]
        assert rows(site.database, without=self.OFTEN_NEW) == present

    def test_a_site_is_backed_up_only_when_its_tables_are_about_to_change(self, site: Site) -> None:
        assert site.must("backup", "--if-migrations-wait") == ""
        site.must("migrate", "engagement", "0001")
        assert site.must("backup", "--if-migrations-wait").startswith("Backup: ")
        assert len(list((site.folder / "backups").iterdir())) == 1

    def test_a_new_computer_needs_nothing_but_the_file(
        self, saved: Path, filled: Path, tmp_path: Path
    ) -> None:
        new = local_site(tmp_path / "site")
        new.folder.mkdir()
        said = new.must("restore", str(saved), "--no-input")
        assert "The state before" not in said
        assert new.uploads() == hashes(filled / "site" / "media")
        with closing(sqlite3.connect(new.database)) as live:
            assert ask(live, USERS) == ["ed"]

    def test_a_script_must_say_that_nobody_is_to_be_asked(self, site: Site, saved: Path) -> None:
        before = site.database.read_bytes()
        assert "add --no-input. Nothing was changed." in site.refuses("restore", str(saved))
        assert site.database.read_bytes() == before

    @pytest.mark.parametrize(("answer", "users"), [("no", ["somebody else"]), ("yes", ["ed"])])
    def test_a_person_is_asked(
        self, site: Site, saved: Path, reader: sqlite3.Connection, answer: str, users: list[str]
    ) -> None:
        reader.execute(CHANGE)
        person, terminal = pty.openpty()
        os.write(person, f"{answer}\n".encode())
        result = site.run("manage.py", "restore", str(saved), stdin=terminal)
        os.close(terminal)
        os.close(person)
        assert "Type yes to go on" in result.stdout
        assert (result.returncode, "You did not say yes" in result.stderr) in {(0, False), (1, True)}
        assert ask(reader, USERS) == users

    def test_a_busy_database_is_left_as_it_is(
        self, site: Site, saved: Path, reader: sqlite3.Connection
    ) -> None:
        reader.execute(CHANGE)
        uploads = site.uploads()
        reader.execute("BEGIN IMMEDIATE")
        code = (
            "from django.core.management import call_command\nfrom django.db import connection\n"
            "from prevention.core.backup import sqlite\nsqlite.PATIENCE = 0\n"
            "connection.cursor().execute('PRAGMA busy_timeout = 0')\n"
            f"call_command('restore', {str(saved)!r}, no_input=True)"
        )
        result = site.manage("shell", "--verbosity", "0", "--command", code)
        reader.execute("COMMIT")
        assert "has kept the database busy for 0 seconds. Nothing was changed." in result.stderr
        assert ask(reader, USERS) == ["somebody else"]
        assert site.uploads() == uploads

    def test_a_damaged_database_can_be_replaced(self, site: Site, saved: Path) -> None:
        with closing(sqlite3.connect(site.database)) as live:
            (page,) = ask(live, "SELECT rootpage FROM sqlite_master WHERE name = 'media_candourdocument'")
        with site.database.open("r+b") as file:
            file.seek(4096 * (page - 1))
            file.write(b"\xff" * 4096)
        assert "The database is damaged" in site.refuses("backup")
        assert "--no-safety-copy" in site.refuses("restore", str(saved), "--no-input")
        site.must("restore", str(saved), "--no-input", "--no-safety-copy")
        with closing(sqlite3.connect(site.database)) as live:
            assert ask(live, "PRAGMA integrity_check") == ["ok"]
            assert ask(live, USERS) == ["ed"]

    def test_what_is_no_database_is_not_written_over(self, site: Site, saved: Path) -> None:
        site.database.write_bytes(b"Dear diary" * 999)
        assert "can not be used" in site.refuses("backup")
        assert "may be moved away" in site.refuses("restore", str(saved), "--no-input")
        assert site.database.read_bytes() == b"Dear diary" * 999

    def test_uploads_that_can_not_be_moved_stay(self, tmp_path: Path, settings: Settings) -> None:
        settings.MEDIA_ROOT = tmp_path / "media"
        for name in ("media", "staging/media", "staging/old/in the way"):
            (tmp_path / name).mkdir(parents=True)
        (tmp_path / "media" / "a.pdf").touch()
        with pytest.raises(backup.BackupError, match="its uploads could not be moved .* restore again"):
            backup._exchange_uploads(tmp_path / "staging")
        assert (tmp_path / "media" / "a.pdf").exists()

    def test_a_folder_that_can_not_be_moved_is_told_before(self, saved: Path, settings: Settings) -> None:
        settings.MEDIA_ROOT = "/"
        with pytest.raises(backup.BackupError, match="mounted by itself"), backup.opened(saved):
            pass


# Restores every file that it is given, in one process because Django takes a second to start, and notes what
# became of the site: {file: (sentence or "", the same as before?)}. What was restored is changed back.
RESTORER = """
import hashlib, io, json, os, shutil, sqlite3
from pathlib import Path
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
live, media = Path(settings.DATABASES["default"]["NAME"]), Path(settings.MEDIA_ROOT)
def state(*without):
    skipped = tuple(f'INSERT INTO "{name}"' for name in without)
    with sqlite3.connect(live) as database:
        dumped = "\\n".join(line for line in database.iterdump() if not line.startswith(skipped))
    database.close()
    files = {str(path): path.read_bytes() for path in sorted(media.rglob("*")) if path.is_file()}
    return hashlib.sha256(repr((dumped, files)).encode()).hexdigest()
noted = {}
for name in json.loads(Path(os.environ["FILES"]).read_text()):
    before = state()
    try:
        call_command("restore", name, no_input=True, no_safety_copy=True, stdout=io.StringIO())
    except CommandError as error:
        noted[name] = (str(error), before == state())
    else:
        # Each restore has a line of its own in the log of changes, with a token.
        noted[name] = ("", state("core_contentchange", "core_contentstamp"))
print("NOTED" + json.dumps(noted))
"""


def restore_each(site: Site, files: list[Path]) -> dict[Path, tuple[str, Any]]:
    """Run RESTORER on the files; returns what it noted."""
    listed = site.folder.parent / "files.json"
    listed.write_text(json.dumps([str(path) for path in files]))
    env = {**site.env, "FILES": str(listed)}
    said = Site(site.folder, env).must("shell", "--verbosity", "0", "--command", RESTORER)
    noted = json.loads(said.rpartition("NOTED")[2])
    return {Path(name): (error, state) for name, (error, state) in noted.items()}


class TestRefusals:
    def test_each_has_its_reason_and_changes_nothing(self, site: Site, saved: Path, tmp_path: Path) -> None:
        folder = tmp_path / "damaged"
        folder.mkdir()
        wrong = {**damages(saved, folder), "nowhere": (folder / "nowhere", "There is no file")}
        noted = restore_each(site, [path for path, _ in wrong.values()])
        for name, (path, said) in wrong.items():
            sentence, unchanged = noted[path]
            assert re.search(said, sentence), (name, sentence)
            assert unchanged, name
            assert sentence.endswith("."), (name, sentence)
        assert not site.leftovers()
        assert not list(tmp_path.rglob("evil"))

    def test_a_repacked_backup_is_none_of_them(self, site: Site, saved: Path, tmp_path: Path) -> None:
        pack(tmp_path / "same", relisted(parts_of(saved)).items())
        assert restore_each(site, [tmp_path / "same"])[tmp_path / "same"][0] == ""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small backup and what is in it, so that many can be tried."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "database.sqlite3").write_bytes(bytes(range(256)) * 8)
    (folder / "media").mkdir()
    for name in ("a.pdf", "b.png", "ü.txt"):
        (folder / "media" / name).write_bytes(name.encode() * 50)
    uploads = archive.uploads_in(folder / "media")
    archive.write(folder / "backup", MANIFEST, folder / "database.sqlite3", uploads)
    return folder


class TestFlippedBytes:
    """A backup with some bytes flipped is refused, or is as good as the whole one: never half of it."""

    def test_on_a_site(self, site: Site, saved: Path, tmp_path: Path) -> None:
        whole, dice = saved.read_bytes(), random.Random(1)
        # The head of gzip holds bytes that mean nothing; a random place is hardly ever there.
        places = [[n] for n in range(10)] + [dice.choices(range(len(whole)), k=1 + n % 4) for n in range(40)]
        files = [tmp_path / "whole"]
        files[0].write_bytes(whole)
        for number, flipped in enumerate(places):
            damaged = bytearray(whole)
            for place in flipped:
                damaged[place] ^= 1 << dice.randrange(8)
            files.append(tmp_path / f"flipped-{number}")
            files[-1].write_bytes(damaged)
        noted = restore_each(site, files)
        assert noted[files[0]][0] == ""
        good = [state for error, state in noted.values() if not error]
        assert 1 <= len(good) <= 12
        assert len(set(good)) == 1
        assert all(unchanged for error, unchanged in noted.values() if error)

    @effort(max_examples=400)
    @given(data=st.data())
    def test_in_the_archive(self, small: Path, data: st.DataObject) -> None:
        damaged = bytearray((small / "backup").read_bytes())
        places = st.integers(0, len(damaged) - 1)
        for place, bits in data.draw(st.lists(st.tuples(places, st.integers(1, 255)), min_size=1)):
            damaged[place] ^= bits
        with tempfile.TemporaryDirectory() as name:
            source, folder = Path(name) / "backup", Path(name) / "out"
            source.write_bytes(damaged)
            folder.mkdir()
            try:
                archive.unpack(source, folder, None)
            except backup.BackupError:
                return
            (folder / "manifest.json").unlink()
            assert hashes(folder) == {
                path: digest for path, digest in hashes(small).items() if path != "backup"
            }


class TestTheStarter:
    """`make backup` and `make restore`, without what installs packages."""

    def test_both(self, site: Site, saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        made = site.folder / "made.tar.gz"
        assert site.run("site/deploy/start.py", "backup", str(made)).returncode == 0
        spec = importlib.util.spec_from_file_location("start", ROOT / "site" / "deploy" / "start.py")
        assert spec is not None
        assert spec.loader is not None
        start = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(start)
        monkeypatch.setenv("LOCAL_DIR", str(site.folder))
        monkeypatch.setattr(start, "VENV_PYTHON", Path(sys.executable))
        monkeypatch.setattr(start, "install", lambda lock: None)
        with closing(sqlite3.connect(site.database, isolation_level=None)) as live:
            live.execute(CHANGE)
            assert start.main(["restore", str(made), "--no-input"]) == 0
            assert ask(live, USERS) == ["ed"]
        assert start.main(["restore", str(site.folder / "nowhere"), "--no-input"]) == 1

    def test_there_must_be_a_site(self, tmp_path: Path) -> None:
        result = local_site(tmp_path / "site").run("site/deploy/start.py", "backup")
        assert result.returncode == 1
        assert "There is no local site yet" in result.stderr


@pytest.mark.parametrize("name", ["pg_dump", "no-such-program"])
def test_programs_of_postgresql_that_are_missing_or_too_old_are_told(name: str) -> None:
    with pytest.raises(backup.BackupError, match="PostgreSQL 99. Install .*postgresql-client-99"):
        postgres.find_program(name, 99)


@pytest.fixture(scope="session")
def filled_postgres(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The uploads of a site whose database is the template `backup_filled`."""
    if connection.vendor != "postgresql":
        pytest.skip("This run is on SQLite: run `make test-postgres` for backups of PostgreSQL.")

    def make(folder: Path) -> None:
        on_server("CREATE DATABASE backup_filled")
        fill(production_site(folder, database_url("backup_filled")))

    return made_once(tmp_path_factory, "filled-postgres", make)


def database_url(name: str) -> str:
    """Return the address of a database beside that of the tests."""
    return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"


def on_server(statement: str) -> None:
    """Run a statement that is about databases."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(statement.encode())


@pytest.mark.postgres
class TestPostgres:
    """The same on PostgreSQL, in a database of its own beside that of the tests."""

    @pytest.fixture
    def site(self, filled_postgres: Path, tmp_path: Path) -> Iterator[Site]:
        name = f"backup_{os.getpid()}"
        on_server(f"CREATE DATABASE {name} TEMPLATE backup_filled")
        shutil.copytree(filled_postgres, tmp_path / "site")
        yield production_site(tmp_path / "site", database_url(name))
        on_server(f"DROP DATABASE {name} WITH (FORCE)")

    @pytest.fixture
    def reader(self, site: Site) -> Iterator[psycopg.Connection]:
        """A connection that is open all the time, as a worker's is."""
        with psycopg.connect(site.env["DATABASE_URL"], autocommit=True) as open_connection:
            yield open_connection

    @staticmethod
    def users(reader: psycopg.Connection) -> list[str]:
        return [row[0] for row in reader.execute("SELECT username FROM users_user ORDER BY id")]

    def test_everything_comes_back(self, site: Site, reader: psycopg.Connection) -> None:
        saved, uploads = site.back_up(), site.uploads()
        dump = parts_of(saved)["database.sql"]
        assert b"ed@candour.example" in dump
        assert SESSION.encode() not in dump
        assert stat.S_IMODE(saved.stat().st_mode) == 0o600
        reader.execute(CHANGE)
        reader.execute("CREATE TABLE intruder (id integer)")
        shutil.rmtree(site.media / "documents")
        seen = self.while_somebody_reads(site, "restore", str(saved), "--no-input")
        assert seen <= {"somebody else", "ed"}
        assert self.users(reader) == ["ed"]
        assert reader.execute("SELECT count(*) FROM django_session").fetchone() == (0,)
        assert reader.execute("SELECT to_regclass('intruder')").fetchone() == (None,)
        assert site.uploads() == uploads
        assert not site.leftovers()
        # What makes rows again goes on from where it was.
        site.must("shell", "--verbosity", "0", "--command", CONTENT.replace('"ed"', '"flo"'))
        assert self.users(reader) == ["ed", "flo"]
        (before,) = (site.folder / "backups").iterdir()
        site.must("restore", str(before), "--no-input", "--no-safety-copy")
        assert self.users(reader) == ["somebody else"]

    def while_somebody_reads(self, site: Site, *arguments: str) -> set[str]:
        """Run a command; returns every name that was seen meanwhile. What is not there is an error."""
        seen: set[str] = set()
        done = threading.Event()
        failures: list[Exception] = []

        def read() -> None:
            with psycopg.connect(site.env["DATABASE_URL"], autocommit=True) as other:
                while not done.is_set():
                    try:
                        seen.update(self.users(other) or ["nobody"])
                    except psycopg.Error as error:
                        failures.append(error)
                        return

        thread = threading.Thread(target=read)
        thread.start()
        try:
            site.must(*arguments)
        finally:
            done.set()
            thread.join()
        assert not failures
        return seen

    def test_a_failing_load_leaves_everything(
        self, site: Site, reader: psycopg.Connection, tmp_path: Path
    ) -> None:
        parts = parts_of(site.back_up("good.tar.gz"))
        reader.execute(CHANGE)
        broken = {**parts, "database.sql": parts["database.sql"] + b"\nSELECT 1 / 0;\n"}
        pack(tmp_path / "broken", relisted(broken).items())
        uploads = site.uploads()
        said = site.refuses("restore", str(tmp_path / "broken"), "--no-input", "--no-safety-copy")
        assert "is as it was before" in said
        assert "division by zero" in said
        assert self.users(reader) == ["somebody else"]
        assert site.uploads() == uploads

    def test_a_backup_of_sqlite_is_refused(self, site: Site, tmp_path: Path) -> None:
        other = {
            "database.sqlite3": b"x",
            "manifest.json": parts_of(site.back_up("other.tar.gz"))["manifest.json"],
        }
        pack(tmp_path / "sqlite", relisted(other, engine="sqlite").items())
        said = site.refuses("restore", str(tmp_path / "sqlite"), "--no-input")
        assert "of SQLite, and the site runs on PostgreSQL" in said

    def test_there_must_be_something_to_back_up(self, filled_postgres: Path, tmp_path: Path) -> None:
        on_server(f"CREATE DATABASE empty_{os.getpid()}")
        said = production_site(tmp_path, database_url(f"empty_{os.getpid()}")).refuses("backup")
        assert "There is nothing to back up" in said
