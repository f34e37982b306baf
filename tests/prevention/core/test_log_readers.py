"""Who follows the log of changes: from its own cursor, tried again, stopping nobody; with real commits."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from prevention import clock
from prevention.core import checks, log_readers
from prevention.core.change_log import add_lines
from prevention.core.log_readers import Follower, LogReader, follow_log
from prevention.core.models import Action, ContentChange, Cursor, ReaderCursor
from prevention.delivery.content_version import Scope
from prevention.help.models import Helpline
from search.models import SearchDocument
from tests.factories import StandardPageFactory

pytestmark = pytest.mark.usefixtures("own_database")


class Listener:
    """A reader that remembers what it was told, and can be made to fail."""

    def __init__(self) -> None:
        self.heard: list[int] = []
        self.problem: Exception | None = None
        self.began = 0

    def read(self, changes: Sequence[ContentChange]) -> None:
        if self.problem is not None:
            raise self.problem
        self.heard += [change.version or 0 for change in changes]

    def begin(self) -> Cursor:
        self.began += 1
        return Cursor.present()


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Listener:
    """Another reader beside those of the service, which comes first."""
    made = Listener()
    reader = LogReader("listener", made.read, made.begin)
    everyone = {"listener": reader, **log_readers.readers()}
    monkeypatch.setattr(log_readers, "readers", lambda: everyone)
    follow_log()
    return made


@pytest.fixture
def following(settings: Settings) -> Iterator[Follower]:
    """The thread of a web worker, which looks once a minute and is woken by a commit."""
    settings.LOG_FOLLOW_SECONDS = 60.0
    follower = log_readers.follower
    follower.start()
    yield follower
    follower.stop()


def change_something() -> int:
    """Returns the number of the last line."""
    Helpline.objects.get(code="frank").save()
    return Cursor.present().version


def test_a_line_outside_of_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="in the transaction of the change"):
        add_lines([ContentChange(scope=Scope.SITE, kind="x", key="x", action=Action.UPDATED)])


def test_a_change_that_is_taken_back_leaves_no_line() -> None:
    before = Cursor.present()
    with transaction.atomic():
        Helpline.objects.get(code="frank").save()
        transaction.set_rollback(True)
    assert Cursor.present() == before
    assert not ContentChange.objects.since(before).exists()


def test_each_change_is_read_once_and_in_order(listener: Listener) -> None:
    first = change_something()
    follow_log()
    last = change_something()
    follow_log()
    follow_log()
    assert listener.heard[-1] == last
    assert first in listener.heard
    assert listener.heard == list(range(listener.heard[0], last + 1))
    assert listener.began == 1


def test_one_that_fails_stops_no_other_and_is_tried_again(listener: Listener, settings: Settings) -> None:
    page = StandardPageFactory(title="Quixotic")
    listener.problem = OSError("the network is away")
    follow_log()
    row = ReaderCursor.objects.get(name="listener")
    assert (row.failures, row.error) == (1, "OSError: the network is away")
    assert row.retry_at is not None
    assert row.retry_at > clock.now()
    assert SearchDocument.objects.filter(page_id=page.pk).exists()  # the others went on

    listener.problem = None
    follow_log()
    assert listener.heard == []  # it is not its time yet
    ReaderCursor.objects.update(retry_at=clock.now())
    follow_log()
    assert listener.heard
    again = ReaderCursor.objects.get(name="listener")
    assert (again.failures, again.error, again.retry_at) == (0, "", None)


def test_what_one_writes_before_it_fails_is_taken_back(listener: Listener) -> None:
    def read(changes: Sequence[ContentChange]) -> None:
        SearchDocument.objects.all().delete()
        raise OSError("half way")

    log_readers.readers()["listener"] = LogReader("listener", read)
    count = SearchDocument.objects.count()
    change_something()
    follow_log()
    assert SearchDocument.objects.count() >= count > 100


def test_many_changes_are_read_in_parts(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_readers, "BATCH", 2)
    start = Cursor.present().version
    for _ in range(3):
        last = change_something()
    follow_log()
    assert listener.heard == list(range(start + 1, last + 1))


def test_a_cursor_of_another_history_begins_anew(listener: Listener) -> None:
    ReaderCursor.objects.filter(name="listener").update(version=5, token="0123456789abcdef")
    follow_log()
    assert listener.began == 2
    assert ReaderCursor.objects.get(name="listener").cursor == Cursor.present()


def test_a_database_that_is_older_than_the_log_is_taken_as_it_is() -> None:
    """As after an update: there is a number, and no line yet that could have a token."""
    with connection.cursor() as cursor:
        for table in ("core_contentchange", "core_readercursor", "search_searchdocument"):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608  (a table of ours)
        cursor.execute("UPDATE core_contentstamp SET version = 441, token = ''")
    assert follow_log() > 0
    assert follow_log() == 0
    assert SearchDocument.objects.count() > 100
    last = change_something()
    assert last > 441
    assert follow_log() > 0
    assert {row.version for row in ReaderCursor.objects.all()} == {last}


def test_two_at_once_do_the_work_once(listener: Listener) -> None:
    start = Cursor.present().version
    for _ in range(10):
        last = change_something()
    together = threading.Barrier(2)

    def follow() -> None:
        together.wait()
        try:
            follow_log()
        finally:
            connection.close()

    threads = [threading.Thread(target=follow) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    follow_log()
    assert listener.heard == list(range(start + 1, last + 1))


def test_a_commit_wakes_the_thread_and_a_failing_reader_is_not_the_editors(
    listener: Listener, following: Follower
) -> None:
    """Within two seconds, though the thread would look by itself once a minute only."""
    listener.problem = OSError("the network is away")
    began = time.monotonic()
    page = StandardPageFactory(title="Quixotic")
    while time.monotonic() - began < 10:
        if SearchDocument.objects.filter(page_id=page.pk).exists():
            break
        time.sleep(0.02)
    assert SearchDocument.objects.filter(page_id=page.pk).exists()


def test_a_thread_goes_on_after_anything(
    following: Follower, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    heard = threading.Event()
    calls = []

    def follow() -> int:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("anything")
        heard.set()
        return 0

    monkeypatch.setattr(log_readers, "follow_log", follow)
    following.wake()
    while not calls:
        time.sleep(0.01)
    following.wake()
    assert heard.wait(timeout=10)


@pytest.mark.parametrize(
    ("spec", "number"),
    [
        ({"read": "search.indexing.no_such_function"}, "candour.E010"),
        ({"read": "search.indexing.update_index", "reads": "after"}, "candour.E010"),
        ({"read": "search.indexing.update_index", "reads_to": "nobody"}, "candour.E011"),
    ],
)
def test_a_reader_that_can_not_be_run_fails_the_checks(
    settings: Settings, spec: dict[str, str], number: str
) -> None:
    assert checks.log_readers(None) == []
    settings.LOG_READERS = {"odd": spec}
    log_readers.readers.cache_clear()
    try:
        assert [problem.id for problem in checks.log_readers(None)] == [number]
    finally:
        log_readers.readers.cache_clear()
