"""The scheduler: what is due is run, what fails or is missed is seen, and two of them do no harm."""

from __future__ import annotations

import datetime
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as conf
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command, get_commands
from django.db import connection
from django.test import Client
from pytest_django import Settings
from wagtail.models import Revision

from prevention import clock
from prevention.core import scheduler
from prevention.core.models import JobRun, ReaderCursor
from prevention.core.scheduler import Job, job_named, job_states, jobs, run_job
from prevention.editorial.attention import attention_items
from prevention.home.models import StandardPage
from search.models import SearchDocument
from tests.factories import StandardPageFactory

StopClock = Callable[[datetime.datetime], None]
NOON = datetime.datetime(2026, 12, 1, 12, tzinfo=datetime.UTC)


def attention() -> dict[str, str]:
    """{title: sentence} of what the editors' report says of jobs."""
    return {
        item.title: item.text
        for item in attention_items()
        if item.kind in {"Scheduled job to look at", "What follows a publication is late"}
    }


@pytest.mark.django_db
class TestJobs:
    def test_every_job_is_a_command_of_ours_or_of_django(self) -> None:
        assert set(jobs()) <= set(get_commands())
        asked = {"publish_scheduled", "log_effective_dates", "roll_up_counts", "release_indicators"}
        assert asked <= set(jobs())
        # Not Wagtail's, which stops at the first failure.
        assert get_commands()["publish_scheduled"] == "prevention.core"

    @pytest.mark.parametrize("name", sorted(conf.SCHEDULED_JOBS))
    def test_every_job_runs(self, name: str) -> None:
        row = run_job(job_named(name))
        assert row is not None
        assert row.error == ""
        assert row.succeeded_at == row.finished_at
        assert row.next_at is not None
        assert row.next_at > clock.now()

    def test_what_a_job_raises_is_noted_and_stops_no_other(self, settings: Settings) -> None:
        broken = Job("release_indicators", "Fails", {"minute": "*"}, ("--period", "nonsense"))
        row = run_job(broken)
        assert row is not None
        assert row.error.endswith("Give the month as YYYY-MM, for example --period 2026-10.")
        assert row.succeeded_at is None
        assert run_job(job_named("roll_up_counts")) is not None
        assert "Its last run failed: " in attention()[jobs()["release_indicators"].does]

    def test_a_job_is_claimed_while_it_runs(self, stop_clock: StopClock) -> None:
        stop_clock(NOON)
        job = job_named("roll_up_counts")
        JobRun.objects.create(name=job.name, claimed_until=NOON + scheduler.CLAIM)
        assert run_job(job) is None
        with pytest.raises(
            CommandError, match=r"Another process is running roll_up_counts .* Nothing was done"
        ):
            call_command("run_job", job.name)
        # One of a process that died is free a minute and a half later.
        stop_clock(NOON + scheduler.CLAIM + datetime.timedelta(seconds=1))
        assert run_job(job) is not None

    def test_times_are_those_of_london(self) -> None:
        midnight = job_named("log_effective_dates")
        summer = datetime.datetime(2026, 7, 1, 12, tzinfo=datetime.UTC)
        assert midnight.due_after(summer) == datetime.datetime(2026, 7, 1, 23, tzinfo=datetime.UTC)
        assert midnight.due_after(NOON) == datetime.datetime(2026, 12, 2, tzinfo=datetime.UTC)

    def test_a_release_that_is_not_due_is_no_error(self, stop_clock: StopClock) -> None:
        stop_clock(datetime.datetime(2027, 2, 1, 6, tzinfo=datetime.UTC))
        row = run_job(job_named("release_indicators"))
        assert row is not None
        assert row.said.startswith("Nothing to release: January 2027 is not over yet.")
        stop_clock(datetime.datetime(2027, 2, 2, 6, tzinfo=datetime.UTC))
        for said in (
            "Released 2 indicators for January 2027.",
            "Nothing to release: January 2027 is released",
        ):
            row = run_job(job_named("release_indicators"))
            assert row is not None
            assert row.error == ""
            assert row.said.startswith(said)


@pytest.mark.django_db
class TestWhatIsSeen:
    def test_a_job_that_is_overdue_is_seen(self, reader: Client, stop_clock: StopClock) -> None:
        stop_clock(NOON)
        for job in jobs().values():
            run_job(job)
        assert attention() == {}
        assert not any(row["overdue"] for row in reader.get("/healthz/").json()["jobs"])
        stop_clock(NOON + datetime.timedelta(minutes=5))
        late = {row["name"] for row in reader.get("/healthz/").json()["jobs"] if row["overdue"]}
        assert late == {"publish_scheduled", "keep_up_search"}
        assert "It was due at 12:01 UTC" in attention()[jobs()["publish_scheduled"].does]

    def test_a_scheduler_that_never_ran_is_seen(self, reader: Client) -> None:
        assert all(row["overdue"] for row in reader.get("/healthz/").json()["jobs"])
        assert set(attention().values()) == {"It has never run: is the scheduler running?"}

    def test_the_health_page_says_that_and_not_what_failed(self, reader: Client) -> None:
        JobRun.objects.create(name="roll_up_counts", error="ValueError: 'somebody's words'")
        ReaderCursor.objects.filter(name="search index").update(error="OSError: 'somebody's words'")
        answer = reader.get("/healthz/")
        told = {row["name"]: row for key in ("jobs", "readers") for row in answer.json()[key]}
        assert told["roll_up_counts"]["failed"]
        assert told["search index"]["failed"]
        assert not told["public list of changes"]["failed"]
        assert "words" not in answer.content.decode()

    def test_staff_read_what_failed(self) -> None:
        staff = Client()
        staff.force_login(get_user_model().objects.create_superuser("kim", "kim@candour.example", "x"))
        JobRun.objects.create(name="roll_up_counts", error="ValueError: 3", next_at=clock.now())
        ReaderCursor.objects.filter(name="search index").update(error="OSError: the disk is full")
        html = staff.get("/admin/reports/jobs/").content.decode()
        for part in (
            "Its last run failed: ValueError: 3",
            "OSError: the disk is full",
            "roll_up_counts",
            "never",
        ):
            assert part in html
        assert "OSError: the disk is full" in attention()["search index"]
        assert "/admin/reports/jobs/" in staff.get("/admin/").content.decode()
        assert Client().get("/admin/reports/jobs/").status_code == 302


@pytest.mark.django_db
class TestPublishing:
    """`publish_scheduled`, which takes the place of Wagtail's."""

    def due(self, title: str, **values: Any) -> StandardPage:
        page: StandardPage = StandardPageFactory(title=title, live=False)
        page.go_live_at = clock.now() + datetime.timedelta(hours=1)
        page.save_revision(approved_go_live_at=page.go_live_at)
        past = clock.now() - datetime.timedelta(minutes=1)
        Revision.objects.filter(object_id=str(page.pk)).update(approved_go_live_at=past)
        for name, value in values.items():
            setattr(page, name, value)
        return page

    def test_what_is_due_goes_live_and_what_is_over_goes(self, reader: Client) -> None:
        page = self.due("Quixotic")
        Revision.objects.filter(object_id=str(page.pk)).update(
            content={**page.get_latest_revision().content, "go_live_at": None}
        )
        over: Any = StandardPageFactory(title="Over")
        StandardPage.objects.filter(pk=over.pk).update(expire_at=clock.now() - datetime.timedelta(minutes=1))
        call_command("publish_scheduled")
        assert reader.get("/quixotic/").status_code == 200
        assert reader.get("/over/").status_code == 410
        assert StandardPage.objects.get(pk=over.pk).expired

    def test_one_that_fails_keeps_none_back_and_is_named(self, reader: Client) -> None:
        broken, good = self.due("Broken"), self.due("Good")
        for page, title in ((broken, ""), (good, "Good")):
            content = {**page.get_latest_revision().content, "go_live_at": None, "title": title}
            Revision.objects.filter(object_id=str(page.pk)).update(content=content)
        with pytest.raises(CommandError, match=r"Not published or withdrawn, though it was due:\nBroken: "):
            call_command("publish_scheduled")
        assert reader.get("/good/").status_code == 200
        assert reader.get("/broken/").status_code == 404
        row = Revision.objects.filter(object_id=str(broken.pk)).latest("pk")
        assert row.approved_go_live_at is not None  # it is tried again


class TestProcess:
    """The process itself, with a database of its own."""

    @pytest.fixture
    def process(self, own_database: None) -> Any:
        """`manage.py run_scheduler`, on the database of the test, until its input ends."""
        if connection.vendor != "sqlite":
            pytest.skip("This run is on PostgreSQL: run `make test-sqlite` for the process of the scheduler.")
        url = f"sqlite:///{connection.settings_dict['NAME']}"
        command = [sys.executable, "manage.py", "run_scheduler", "--until-stdin-closes"]
        env = {**os.environ, "DATABASE_URL": url, "PYTHONPATH": ".:site"}
        env["DJANGO_SETTINGS_MODULE"] = "tests.following"
        running = subprocess.Popen(
            command, cwd=conf.BASE_DIR, env=env, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        yield running
        if running.poll() is None:
            running.kill()
        running.communicate()

    def wait_for(self, true: Callable[[], bool], seconds: float = 120) -> None:
        deadline = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def test_it_makes_up_for_what_was_missed_and_ends_with_who_started_it(
        self, process: subprocess.Popen[str]
    ) -> None:
        # Long ago for that process too, which has the clock of this computer.
        long_ago = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
        JobRun.objects.update_or_create(name="roll_up_counts", defaults={"started_at": long_ago})
        page: Any = StandardPageFactory(title="Quixotic")
        # Not this process follows the log: the scheduler does.
        self.wait_for(lambda: ReaderCursor.objects.get(name="search index").version > 0)
        done = JobRun.objects.filter(name="roll_up_counts", succeeded_at__gt=long_ago)
        self.wait_for(lambda: done.all().exists())
        self.wait_for(lambda: SearchDocument.objects.filter(page_id=page.pk).exists())
        assert {state.job.name for state in job_states() if state.run and state.run.next_at} == set(jobs())
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
        assert process.wait(timeout=20) == 0

    def test_it_ends_when_it_is_told_to(self, process: subprocess.Popen[str]) -> None:
        self.wait_for(lambda: JobRun.objects.filter(next_at__isnull=False).count() == len(jobs()))
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0


def test_claims_are_made_again_while_a_job_runs(own_database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "CLAIMED_AGAIN", 0.02)
    claims: list[Any] = []
    enough = threading.Event()

    def job_itself(*args: Any, **options: Any) -> None:
        deadline = time.monotonic() + 10
        while len(set(claims)) < 3 and time.monotonic() < deadline:
            claims.append(JobRun.objects.get(name="roll_up_counts").claimed_until)
        enough.set()

    monkeypatch.setattr(scheduler, "call_command", job_itself)
    row = run_job(job_named("roll_up_counts"))
    assert enough.is_set()
    assert len(set(claims)) >= 3
    assert row is not None
    assert row.claimed_until is None
