"""A small site for each file of tests, whose transactions are really committed, and somebody to act on it."""

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

# Of the substances, topics and packs these stay: what is made anew with every change then takes no time.
KEPT = ("alcohol", "ketamine", "mdma", "about", "ketamine-and-choices")
EMPTIED = (
    "core_contentchange",
    "core_contentstamp",
    "core_readercursor",
    "editorial_change",
    "search_intent",
    "search_wordlist",
)


def only_a_few() -> None:
    """Leave a few pages and an empty log: the site as one that has just begun.

    By hand, below the models: there is no history in it that anybody could have read.
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
    """A small copy of the site for the tests of one file, in which transactions are really committed.

    Nobody is slowed down in it for asking more often than a person does.
    """
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
    """Everything that an act needs; what is left of it is taken away afterwards."""
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
