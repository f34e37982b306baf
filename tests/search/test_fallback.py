"""Elasticsearch slow, down and back again: the database answers meanwhile, and no change is lost."""

from __future__ import annotations

import io
import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from pytest_django import Settings

from prevention.core.log_readers import follow_log
from prevention.core.models import ContentChange, Cursor, ReaderCursor
from prevention.substances.models import SubstancePage
from search.engines import INDEX_READER, SERVER_READER, Document, embedded, engine, keep_up
from search.engines.elastic import UNREACHABLE
from search.engines.embedded import EmbeddedEngine
from search.engines.fallback import FallbackEngine, breaker
from search.indexing import rebuild_index
from search.models import SearchDocument
from tests.factories import SubstancePageFactory
from tests.search.contract import on_server, server

pytestmark = pytest.mark.django_db


class Door:
    """A port of this computer that refuses connections, never answers, or forwards to a server."""

    def __init__(self) -> None:
        self.visits = 0
        self._listener: socket.socket | None = None
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])

    @property
    def url(self) -> str:
        """The address of the port."""
        return f"http://127.0.0.1:{self.port}"

    def open(self, address: str = "") -> None:
        """Accept connections, and forward them to `address`; without one, never answer."""
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._run(self._welcome, self._listener, address)

    def shut(self) -> None:
        """Refuse connections."""
        if self._listener is None:
            return
        for one in (self._listener, *self._sockets):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for it
        for thread in self._threads:
            thread.join()
        for one in (self._listener, *self._sockets):
            one.close()
        self._listener, self._sockets, self._threads = None, [], []

    def _welcome(self, listener: socket.socket, address: str) -> None:
        with suppress(OSError):
            while True:
                visitor, _ = listener.accept()
                self.visits += 1
                self._sockets.append(visitor)
                if address:
                    there = urlsplit(address)
                    host = socket.create_connection((str(there.hostname), int(there.port or 80)))
                    self._sockets.append(host)
                    self._run(self._carry, visitor, host)
                    self._run(self._carry, host, visitor)

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while part := source.recv(65536):
                target.sendall(part)
            target.shutdown(socket.SHUT_WR)

    def _run(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments)
        self._threads.append(thread)
        thread.start()


@pytest.fixture
def door() -> Iterator[Door]:
    """A door, shut afterwards."""
    door = Door()
    yield door
    door.shut()


@pytest.fixture
def served(settings: Settings, door: Door) -> Iterator[FallbackEngine]:
    """The engine with its server behind the door. After a failure the breaker pauses it."""
    follow_log()
    settings.ELASTICSEARCH_URL = door.url
    settings.ELASTICSEARCH_RETRY_SECONDS = 3600.0
    breaker.forget()
    index = ReaderCursor.objects.get(name=INDEX_READER)
    # As if it had been told of everything before it went.
    told = {"version": index.version, "token": index.token, "read_at": index.read_at}
    ReaderCursor.objects.update_or_create(name=SERVER_READER, defaults=told)
    found = engine()
    assert isinstance(found, FallbackEngine)
    yield found
    found.front.client.close()
    breaker.forget()


@pytest.fixture
def behind_the_door(settings: Settings, door: Door) -> Iterator[str]:
    """The same with a real server, long timeouts, and no pause after a failure."""
    address = server()
    settings.ELASTICSEARCH_SECONDS = 30.0
    with on_server() as other:
        settings.ELASTICSEARCH_INDEX = other.alias
        door.open(address)
        yield address


@pytest.fixture
def indexed(behind_the_door: str, served: FallbackEngine, settings: Settings) -> FallbackEngine:
    """The same with the starter content indexed."""
    settings.ELASTICSEARCH_RETRY_SECONDS = 0.0
    rebuild_index()
    return served


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The lines that have been logged, formatted as in production."""
    return [record.getMessage() for record in caplog.records]


def published(title: str, body: str) -> SubstancePage:
    """Publish a new page, and let the readers of the log run."""
    page: SubstancePage = SubstancePageFactory(title=title, summary=body)
    page.explain(small=True)
    page.save_revision().publish()
    follow_log()
    return page


def waiting() -> int:
    """Return how many changes the server's index lacks."""
    row = ReaderCursor.objects.get(name=SERVER_READER)
    return ContentChange.objects.since(row.cursor).count()


def try_again() -> None:
    """Let the readers that failed be tried again now."""
    ReaderCursor.objects.update(retry_at=None)
    follow_log()


def slugs(found: FallbackEngine | EmbeddedEngine, word: str) -> list[str]:
    """Return the slugs of the hits for a word."""
    return [hit.slug for hit in found.search([word]).hits]


# The server does not answer


@pytest.mark.parametrize("silent", [False, True], ids=["closed", "slow"])
class TestNoAnswer:
    """No answer from the server: the port is closed, or it accepts and answers later than the timeout."""

    @pytest.fixture(autouse=True)
    def _nobody(self, door: Door, *, silent: bool) -> None:
        if silent:
            door.open()

    def test_the_database_answers(self, served: FallbackEngine, reader: Client) -> None:
        found = served.search(["bladder"], audiences=["young-people"], limit=3)
        assert found == embedded().search(["bladder"], audiences=["young-people"], limit=3)
        assert len(found.hits) == 3
        breaker.forget()
        assert served.suggest("ketam") == embedded().suggest("ketam") != []
        breaker.forget()
        assert "/drugs/ketamine/" in reader.post("/search/", {"q": "bladder damage"}).content.decode()

    @pytest.mark.parametrize("spared", [0.0, 3600.0], ids=["asked again", "left alone"])
    def test_it_is_logged_once_and_without_the_words(
        self,
        served: FallbackEngine,
        settings: Settings,
        caplog: pytest.LogCaptureFixture,
        spared: float,
    ) -> None:
        settings.ELASTICSEARCH_RETRY_SECONDS = spared
        caplog.set_level(logging.INFO)
        for _ in range(4):
            served.search(["bladder"])
            served.suggest("bladder")
        (line,) = lines(caplog)
        assert "Elasticsearch does not answer" in line
        assert "bladder" not in line

    def test_it_says_so(self, served: FallbackEngine) -> None:
        health = served.health()
        assert not health.ok
        assert health.engine == "elasticsearch"
        assert f"{embedded().name} answers" in health.detail
        assert health.documents == SearchDocument.objects.count()

    def test_a_page_is_found_when_the_log_is_read_and_gone_when_it_is_withdrawn(
        self, served: FallbackEngine
    ) -> None:
        page = published("Quixotic", "It is called jabberwock.")
        assert slugs(served, "jabberwock") == [page.slug]
        assert waiting() > 0
        page.unpublish()
        follow_log()
        assert slugs(served, "jabberwock") == []
        row = ReaderCursor.objects.get(name=SERVER_READER)
        assert row.failures > 0
        assert row.error

    def test_who_rebuilds_is_told_of_it(self, served: FallbackEngine) -> None:
        with pytest.raises(UNREACHABLE):
            rebuild_index()
        assert SearchDocument.objects.count() > 100
        # The server has other documents now: it is not asked before it has a new index.
        assert ReaderCursor.objects.get(name=SERVER_READER).read_at is None


def test_a_server_that_failed_is_left_alone(served: FallbackEngine, door: Door) -> None:
    door.open()
    for _ in range(5):
        served.search(["bladder"])
        served.suggest("bladder")
    assert door.visits == 1


def test_no_words_trouble_nobody(served: FallbackEngine, door: Door) -> None:
    door.open()
    assert served.search([]).hits == []
    assert door.visits == 0


# No server at all


def test_without_an_address_there_is_nothing_of_it(settings: Settings) -> None:
    settings.ELASTICSEARCH_URL = ""
    assert type(engine()) is type(embedded())
    published("Quixotic", "It is called jabberwock.")
    assert [hit.title for hit in engine().search(["jabberwock"]).hits] == ["Quixotic"]
    assert not ReaderCursor.objects.filter(name=SERVER_READER).exists()


def test_without_an_address_its_packages_are_not_needed() -> None:
    program = (
        "import sys, django; django.setup(); from search.engines import engine; engine(); "
        "print(sorted({'elasticsearch', 'elastic_transport'} & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=django_settings.BASE_DIR, env={**os.environ, "PYTHONPATH": ".:site"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ran.stdout.strip() == "[]"


# The server answers, and comes back


@pytest.mark.elasticsearch
class TestServer:
    """A real server, whose connections can be cut."""

    def test_it_answers_itself(self, indexed: FallbackEngine) -> None:
        # Its ranking is its own, and so is the score.
        assert indexed.search(["bladder"]) == indexed.front.search(["bladder"])
        assert indexed.search(["bladder"]) != embedded().search(["bladder"])
        assert "ketamine" in slugs(indexed, "bladder")
        health = indexed.health()
        assert health.ok
        assert health.documents == SearchDocument.objects.count()

    def test_a_change_reaches_it(self, indexed: FallbackEngine) -> None:
        page = published("Quixotic", "It is called jabberwock.")
        assert waiting() == 0
        assert [hit.slug for hit in indexed.front.search(["jabberwock"]).hits] == [page.slug]
        page.delete()
        follow_log()
        assert waiting() == 0
        assert indexed.front.search(["jabberwock"]).hits == []

    def test_it_is_told_after_it_is_back_what_happened_meanwhile(
        self, indexed: FallbackEngine, door: Door
    ) -> None:
        gone = published("Mimsy", "It is called borogove.")
        door.shut()
        page = published("Quixotic", "It is called jabberwock.")
        gone.delete()
        follow_log()
        assert slugs(indexed, "jabberwock") == [page.slug]
        assert slugs(indexed, "borogove") == []
        assert waiting() > 0
        assert not indexed.health().ok

        door.open(server())
        assert indexed.health().detail == "catching up"
        assert slugs(indexed, "jabberwock") == [page.slug]
        try_again()
        assert waiting() == 0
        assert [hit.slug for hit in indexed.front.search(["jabberwock"]).hits] == [page.slug]
        assert indexed.front.search(["borogove"]).hits == []
        assert indexed.health().ok

    def test_its_coming_back_is_logged_once(
        self, indexed: FallbackEngine, door: Door, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO)
        door.shut()
        for _ in range(3):
            indexed.search(["bladder"])
        door.open(server())
        for _ in range(3):
            indexed.search(["bladder"])
        assert [line.partition(" (")[0] for line in lines(caplog)] == [
            "Elasticsearch does not answer",
            "Elasticsearch answers again.",
        ]

    def test_until_it_has_been_told_everything_the_database_answers(
        self, indexed: FallbackEngine, door: Door, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("prevention.core.log_readers.BATCH", 2)
        door.shut()
        pages = [published(f"Quixotic {number}", "It is called jabberwock.") for number in range(3)]
        door.open(server())
        everything = {"substance": len(pages)}
        assert indexed.search(["jabberwock"]).facets["kind"] == everything
        try_again()
        assert waiting() == 0
        assert indexed.front.search(["jabberwock"]).facets["kind"] == everything
        assert indexed.search(["jabberwock"]).facets["kind"] == everything

    def test_after_a_rebuild_that_failed_it_shows_no_old_page(
        self, indexed: FallbackEngine, door: Door
    ) -> None:
        page = published("Quixotic", "It is called jabberwock.")
        door.shut()
        page.delete()
        with pytest.raises(UNREACHABLE):
            rebuild_index()
        door.open(server())
        assert slugs(indexed, "jabberwock") == []
        try_again()
        assert indexed.front.health().documents == SearchDocument.objects.count()
        assert indexed.health().ok

    def test_what_is_published_during_a_rebuild_is_told_afterwards(
        self, indexed: FallbackEngine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fill = indexed.front.rebuild

        def interrupted(documents: Iterable[Document], cursor: str) -> None:
            rows = list(documents)
            SubstancePageFactory(title="Quixotic", summary="It is called jabberwock.")
            fill(rows, cursor)

        monkeypatch.setattr(indexed.front, "rebuild", interrupted)
        rebuild_index()
        assert indexed.front.search(["jabberwock"]).hits == []
        monkeypatch.undo()
        follow_log()
        assert [hit.slug for hit in indexed.front.search(["jabberwock"]).hits] == ["quixotic"]
        assert indexed.health().ok

    def test_a_server_that_refuses_to_write_is_told_later(self, indexed: FallbackEngine) -> None:
        def refuse(*, it: bool) -> None:
            indexed.front.client.indices.put_settings(
                index=indexed.front.alias, settings={"index.blocks.write": it}
            )

        refuse(it=True)
        page = published("Quixotic", "It is called jabberwock.")
        assert slugs(indexed, "jabberwock") == [page.slug]
        SubstancePage.objects.get(pk=page.pk).unpublish()
        follow_log()
        assert slugs(indexed, "jabberwock") == []
        assert waiting() > 0
        refuse(it=False)
        try_again()
        assert slugs(indexed, "jabberwock") == []
        assert waiting() == 0

    def test_an_older_state_is_never_written_over_a_newer_one(self, indexed: FallbackEngine) -> None:
        page = published("Quixotic", "It is called jabberwock.")
        (late,) = (row for row in documents_of(page))
        page.summary = "It is called borogove."
        page.explain(small=True)
        page.save_revision().publish()
        follow_log()
        indexed.front.index([late])  # another worker, who was slow
        assert indexed.front.search(["jabberwock"]).hits == []
        assert [hit.slug for hit in indexed.front.search(["borogove"]).hits] == [page.slug]
        indexed.front.delete([page.pk], int(late.stamp.partition(".")[0]))
        assert slugs(indexed, "borogove") == [page.slug]

    def test_a_server_without_an_index_is_not_asked(
        self, behind_the_door: str, served: FallbackEngine, settings: Settings
    ) -> None:
        settings.ELASTICSEARCH_RETRY_SECONDS = 0.0
        assert "ketamine" in slugs(served, "bladder")
        assert not served.front.exists()
        assert not served.health().ok
        published("Quixotic", "It is called jabberwock.")
        # It gets a whole index: one of these few pages would answer as if there were no others.
        assert served.front.health().documents == SearchDocument.objects.count()
        assert served.health().ok
        assert slugs(served, "jabberwock") == ["quixotic"]

    def test_an_index_of_another_history_shows_nothing_and_is_made_anew(
        self, indexed: FallbackEngine
    ) -> None:
        """As after restoring a backup: the server has a change that the database does not have."""
        page = published("Quixotic", "It is called jabberwock.")
        there, index = (
            SearchDocument.objects.get(page_id=page.pk),
            ReaderCursor.objects.get(name=INDEX_READER),
        )
        page.summary = "It is called borogove."
        page.explain(small=True)
        page.save_revision().publish()
        follow_log()
        told = indexed.front.cursor()
        forget_changes_after(index.cursor)
        SearchDocument.objects.filter(page_id=page.pk).delete()
        there.pk = None
        there.save()
        assert told.version > index.version
        assert slugs(indexed, "borogove") == []
        assert keep_up().startswith("Elasticsearch has a new index of ")
        assert slugs(indexed, "jabberwock") == [page.slug]
        assert slugs(indexed, "borogove") == []
        assert keep_up() == ""

    def test_new_names_mean_new_synonyms_which_are_part_of_an_index(
        self, behind_the_door: str, served: FallbackEngine
    ) -> None:
        assert keep_up() == f"Elasticsearch has a new index of {SearchDocument.objects.count()} pages."
        assert keep_up() == ""
        page = SubstancePageFactory(title="Missedium", summary="It is quixotic.", names=[])
        page.explain(small=True)
        page.save_revision().publish()
        follow_log()
        assert keep_up() == ""
        page.search_lists.create(names="zonkers", kind="street", source="A list")
        page.explain(small=True)
        page.save_revision().publish()
        assert keep_up().startswith("Elasticsearch has a new index")
        assert slugs(served, "quixotic") == slugs(served.embedded, "quixotic")


def documents_of(page: SubstancePage) -> list[Document]:
    """Return the documents of a page in the embedded index."""
    names = list(Document.__dataclass_fields__)
    return [Document(**row) for row in SearchDocument.objects.filter(page_id=page.pk).values(*names)]


def forget_changes_after(cursor: Cursor) -> None:
    """Reset the log and its readers to a position, as restoring a backup does."""
    with connection.cursor() as database:
        database.execute("DELETE FROM core_contentchange WHERE version > %s", [cursor.version])
        database.execute(
            "UPDATE core_contentstamp SET version = %s, token = %s WHERE version > %s",
            [cursor.version, cursor.token, cursor.version],
        )
    ReaderCursor.objects.update(version=cursor.version, token=cursor.token)


def test_the_scheduler_says_when_nobody_answers(served: FallbackEngine) -> None:
    out = io.StringIO()
    call_command("keep_up_search", stdout=out)
    assert "does not answer" in out.getvalue()
    assert "nothing is lost" in out.getvalue()


def test_without_a_server_the_scheduler_has_nothing_to_do() -> None:
    out = io.StringIO()
    call_command("keep_up_search", stdout=out)
    assert out.getvalue() == "Nothing to do.\n"
