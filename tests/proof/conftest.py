"""Fixtures: a small site for each file of tests, with real commits, and a signed-in person."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from prevention.core.log_readers import follow_log
from prevention.home.models import StandardPage
from prevention.substances.models import SubstancePage
from resources.models import LessonPackPage
from tests.databases import copied
from tests.kept import forget_all
from tests.proof.doors import Scene
from tests.proof.table import PROPERTY, Tell

# Only these pages stay, so that values which are rebuilt after every change take no time.
KEPT = ("alcohol", "ketamine", "mdma", "about", "ketamine-and-choices")
EMPTIED = (
    "core_contentchange",
    "core_contentstamp",
    "core_readercursor",
    "editorial_change",
    "search_cardhelpline",
    "search_intent",
    "search_wordlist",
)


def only_a_few() -> None:
    """Reduce the site to a few pages and an empty log, like a new site.

    Rows are deleted by SQL, because nobody has read this site, so the log needs no lines for it.
    """
    numbers = ", ".join(
        str(page.pk)
        for model in (SubstancePage, StandardPage, LessonPackPage)
        for page in model.objects.exclude(slug__in=KEPT)
    )
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE wagtailcore_page SET live = %s WHERE id IN ({numbers})", [False])  # noqa: S608
        for table in EMPTIED:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608
    forget_all()
    follow_log()


@pytest.fixture(scope="module")
def small_site(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
    worker_id: str,
) -> Iterator[None]:
    """A small copy of the site for the tests of one file, with real commits and without throttles."""
    rates = dict.fromkeys(settings.THROTTLE_RATES, 1_000_000)
    with (
        django_db_blocker.unblock(),
        copied(tmp_path_factory.mktemp("proof"), f"proof_{worker_id}"),
        override_settings(THROTTLE_RATES=rates),
    ):
        only_a_few()
        yield


@pytest.fixture
def scene(small_site: None) -> Iterator[Scene]:
    """Everything that an act needs. What the act leaves is removed afterwards."""
    made = Scene()
    yield made
    connection.close()
    made.clear()


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Tell:
    """Return a function that notes numbers for the table at the end of the run."""

    def note(door: str, **numbers: int) -> None:
        record_property(PROPERTY, {"engine": connection.vendor, "door": door, "numbers": numbers})

    return note
