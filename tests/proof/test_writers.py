"""Concurrent writers: no deadlock, and readers of the log miss nothing and see it in the order of commits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from string import ascii_lowercase
from typing import Any
from urllib.parse import urlencode

import psycopg.errors
import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from prevention import clock
from prevention.core.log_readers import follow_log
from prevention.core.models import ContentChange, Cursor
from prevention.core.models.pages import BasePage
from prevention.home.starter_loader import load
from prevention.substances.models import SubstancePage
from resources.models import KeyStage
from tests.factories import SubstancePageFactory
from tests.proof.doors import Scene, approve_first, draft, page_url, sent
from tests.proof.table import Tell

pytestmark = pytest.mark.slow
MOST_ROUNDS = 40
LONGEST = 12.0  # seconds
FEWEST_ROUNDS = 5
TOGETHER = 3  # pages of a bulk act
PATIENCE = 20.0  # seconds
CHANGES = 1_000
PAGE = """\
---
model: substances.SubstancePage
slug: {slug}
title: {slug}
summary: It came with an import.
emergency_signs: [They do not wake up]
emergency_do: [Call 999]
---

# Mixing it

Nobody has written about mixing it.
"""
SOURCES = """\
sources:
  nhs: {title: A, publisher: NHS, url: "https://www.nhs.uk/", accessed: 2026-11-24}
citations:
  mixing: [nhs]
"""
CODES = {"one": "wa1", "other": "wb1"}  # {writer: the code of the stage that it saves}
STAGE = "{{slug: {slug}, name: {slug}, year_from: 1, year_to: 2, age_min: 5, age_max: 6}}"


def on_postgresql() -> None:
    """Skip on SQLite, which has one writer, so that two can not wait for each other."""
    if connection.vendor != "postgresql":
        pytest.skip("This run is on SQLite: run `make test-postgres` for this engine.")


@contextmanager
def at_once(acts: list[Callable[[], Any]]) -> Iterator[list[Future[Any]]]:
    """Run each act in its own thread and connection, and wait for all of them."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            start.wait(PATIENCE)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        yield [pool.submit(run, act) for act in acts]


def failures(acts: list[Callable[[], Any]]) -> list[BaseException]:
    """Run all acts at the same time; return the exceptions that they raised."""
    with at_once(acts) as futures:
        pass
    return [error for future in futures if (error := future.exception())]


def is_deadlock(error: BaseException) -> bool:
    """Return whether PostgreSQL raised the error because of a deadlock."""
    return isinstance(error.__cause__, psycopg.errors.DeadlockDetected)


# Deadlocks


def bulk_publish(client: Client, numbers: list[int]) -> None:
    """Publish pages by Wagtail's bulk action."""
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    chosen = urlencode([("id", number) for number in numbers])
    sent(client, f"{address}?next=/admin/&{chosen}", {"include_descendants": ""})


def hand_in(scene: Scene, numbers: list[int]) -> None:
    """Write a draft of each page, and approve that of the second one in every step but the last."""
    for number in numbers:
        draft(scene, SubstancePage.objects.get(pk=number))
    waiting = SubstancePage.objects.get(pk=numbers[1])
    waiting.get_workflow().start(waiting, scene.user)
    approve_first(scene, numbers[1])


def approve(client: Client, number: int) -> None:
    """Approve the last step, unless a bulk publish has ended the workflow before."""
    page = SubstancePage.objects.get(pk=number)
    state = page.current_workflow_task_state
    if state is not None:
        client.post(page_url("workflow_action", page, "approve", state.pk), {"comment": ""})


def write_import(folder: Path, number: int) -> None:
    """Write files of starter content that are not loaded yet: snippets first, then pages."""
    (folder / "pages").mkdir(exist_ok=True)
    code = f"x{ascii_lowercase[number // 26]}{ascii_lowercase[number % 26]}"
    stages = [STAGE.format(slug=f"{code}{n}") for n in range(5)]
    (folder / "vocabularies.yaml").write_text(f"key_stages: [{', '.join(stages)}]\n", encoding="utf-8")
    for n in range(3):
        slug = f"examplium-import-{number}-{n}"
        (folder / "pages" / f"{n}.md").write_text(PAGE.format(slug=slug), encoding="utf-8")
        (folder / "pages" / f"{n}.sources.yaml").write_text(SOURCES, encoding="utf-8")


def load_and_edit(folder: Path, numbers: list[int]) -> None:
    """Import, and save pages that are there already, in one transaction."""
    with transaction.atomic():
        load(folder)
        for page in SubstancePage.objects.filter(pk__in=numbers).order_by("path"):
            page.save()


def clients(scene: Scene, count: int) -> list[Client]:
    """Return browsers that are signed in as the person of the scene."""
    made = [Client() for _ in range(count)]
    for client in made:
        client.force_login(scene.user)
    return made


@pytest.mark.postgres
def test_bulk_publishes_a_workflow_end_and_an_import_never_deadlock(
    scene: Scene, tell: Tell, tmp_path: Path
) -> None:
    on_postgresql()
    (one, other), reviewer = clients(scene, 2), scene.reviewer
    pages = [SubstancePageFactory(title=f"Examplium {n}", live=False) for n in range(TOGETHER)]
    numbers = [page.pk for page in pages]
    began, rounds = clock.monotonic(), 0
    errors: list[BaseException] = []
    while rounds < MOST_ROUNDS and (rounds < FEWEST_ROUNDS or clock.monotonic() - began < LONGEST):
        hand_in(scene, numbers)
        write_import(tmp_path, rounds)
        errors += failures(
            [
                lambda: bulk_publish(one, numbers),
                lambda: bulk_publish(other, numbers[::-1]),
                lambda: approve(reviewer, numbers[1]),
                lambda: load_and_edit(tmp_path, numbers[1:]),
            ]
        )
        rounds += 1
    deadlocks = sum(map(is_deadlock, errors))
    tell("4 at once", rounds=rounds, deadlocks=deadlocks, other_errors=len(errors) - deadlocks)
    assert errors == []
    follow_log()
    assert_unbroken()


def assert_unbroken() -> None:
    """Assert that the numbers of the log are 1, 2, 3 and so on, without gaps."""
    versions = list(ContentChange.objects.order_by("version").values_list("version", flat=True))
    assert versions == list(range(1, len(versions) + 1))


def cross(page: BasePage, stages: list[KeyStage], *, number_at_once: bool) -> list[BaseException]:
    """Run two transactions: one saves a stage, then a page; the other locks the page, then saves a stage."""
    both_hold = threading.Barrier(2)

    def begin() -> None:
        if number_at_once:
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS core_number_change IMMEDIATE")

    @transaction.atomic
    def stage_then_page() -> None:
        begin()
        stages[0].save()
        both_hold.wait(PATIENCE)
        page.save()

    @transaction.atomic
    def page_then_stage() -> None:
        begin()
        Page.objects.select_for_update().get(pk=page.pk)
        both_hold.wait(PATIENCE)
        stages[1].save()

    return failures([stage_then_page, page_then_stage])


@pytest.mark.postgres
def test_a_stamp_that_is_locked_in_the_middle_would_deadlock(scene: Scene, tell: Tell) -> None:
    on_postgresql()
    page = SubstancePageFactory(title="Examplium")
    ages = {"year_from": 1, "year_to": 2, "age_min": 5, "age_max": 6}
    stages = [KeyStage.objects.create(slug=f"ex{n}", name=f"Stage {n}", **ages) for n in range(2)]
    in_the_middle = cross(page, stages, number_at_once=True)
    assert [is_deadlock(error) for error in in_the_middle] == [True]
    assert cross(page, stages, number_at_once=False) == []
    tell("crossed on purpose", deadlocks_if_numbered_in_the_middle=1, deadlocks_as_it_is=0)
    for stage in stages:
        stage.delete()


# Order


@dataclass(frozen=True)
class Written:
    """One committed transaction: the names that it wrote, and the moments before and after its commit."""

    names: tuple[str, ...]
    began: float
    ended: float


def write(writer: str, count: int) -> list[Written]:
    """Save a stage repeatedly with new names, once or three times in each transaction."""
    ages = {"year_from": 1, "year_to": 2, "age_min": 5, "age_max": 6}
    stage = KeyStage(slug=CODES[writer], **ages)
    done: list[Written] = []
    left = list(range(count))
    while left:
        some, left = (left[:3], left[3:]) if len(done) % 2 else (left[:1], left[1:])
        names = tuple(f"{writer} {n}" for n in some)
        began = clock.monotonic()
        with transaction.atomic():
            for stage.name in names:
                stage.save()
        done.append(Written(names, began, clock.monotonic()))
    return done


def poll(writers: list[Future[Any]], cursor: Cursor) -> tuple[list[ContentChange], int]:
    """Read the changes since `cursor` until all writers have ended.

    Return all changes, and the number of reads that had new ones.
    """
    seen: list[ContentChange] = []
    polls = 0
    is_last = False
    while not is_last:
        is_last = all(writer.done() for writer in writers)
        rows = list(ContentChange.objects.since(cursor))
        if rows:
            seen += rows
            cursor = rows[-1].cursor
            polls += 1
    return seen, polls


def out_of_order(transactions: list[Written], numbers: dict[str, int]) -> int:
    """Return how many transactions have a lower number than one that was committed before they began."""
    wrong, earliest_end = 0, float("inf")
    seen = [row for row in transactions if row.names[0] in numbers]
    for row in sorted(seen, key=lambda row: numbers[row.names[0]], reverse=True):
        wrong += earliest_end < row.began
        earliest_end = min(earliest_end, row.ended)
    return wrong


def test_two_writers_and_a_reader_that_polls(scene: Scene, tell: Tell, pytestconfig: pytest.Config) -> None:
    first = Cursor.present()
    changes = 100 if pytestconfig.getoption("--on-dates") else CHANGES
    with at_once([lambda: write("one", changes // 2), lambda: write("other", changes // 2)]) as writers:
        seen, polls = poll(writers, first)
    transactions = [row for writer in writers for row in writer.result()]
    versions = [row.version or 0 for row in seen]
    numbers = {row.title: row.version or 0 for row in seen}
    expected = list(range(first.version + 1, first.version + 1 + changes))
    wrong = out_of_order(transactions, numbers)
    tell(
        "2 writers",
        changes=len(seen),
        polls=polls,
        skipped=len(set(expected) - set(versions)),
        out_of_order=wrong + (versions != sorted(versions)),
    )
    assert versions == expected
    assert wrong == 0
    for writer in ("one", "other"):
        own = [row.title for row in seen if row.title.startswith(f"{writer} ")]
        assert own == [f"{writer} {n}" for n in range(changes // 2)]
    for row in transactions:  # what belongs together has numbers that follow each other
        assert [numbers[name] - numbers[row.names[0]] for name in row.names] == list(range(len(row.names)))
    for stage in KeyStage.objects.filter(slug__in=CODES.values()):
        stage.delete()
