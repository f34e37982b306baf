"""A page and its schedule change together: wherever an act is interrupted, no date is lost or left over."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from wagtail.models import Page, Revision

from prevention import clock
from prevention.home.models import StandardPage
from tests.factories import StandardPageFactory
from tests.proof.doors import Scene
from tests.proof.wire import interrupted

pytestmark = pytest.mark.slow
MOST_EVENTS = 200


def scheduled() -> Page:
    """A public page with a new text that is scheduled for publishing in an hour."""
    page: Page = StandardPageFactory(title="Quixotic")
    page.go_live_at = clock.now() + datetime.timedelta(hours=1)
    page.save_revision(approved_go_live_at=page.go_live_at)
    return Page.objects.get(pk=page.pk).specific


def state(page: Page) -> tuple[bool, bool, bool]:
    """Return whether it is public, has the new text, and has a date that is still to come."""
    row = StandardPage.objects.get(pk=page.pk)
    waits = Revision.objects.filter(object_id=str(page.pk), approved_go_live_at__isnull=False)
    return row.live, "trombone" in row.body, waits.exists()


def withdraw(page: Page) -> None:
    """Unpublish the page."""
    StandardPage.objects.get(pk=page.pk).unpublish()


def publish(page: Page) -> None:
    """Publish the page with the new text."""
    row = StandardPage.objects.get(pk=page.pk)
    row.body = "<p>A trombone.</p>"
    row.explain(small=True)
    row.save_revision().publish()


@pytest.mark.parametrize(
    ("act", "before", "after"),
    [
        (withdraw, (True, False, True), (False, False, False)),
        (publish, (True, False, True), (True, True, False)),
    ],
)
def test_a_page_and_its_date_change_together(
    scene: Scene,
    act: Callable[[Page], None],
    before: tuple[bool, bool, bool],
    after: tuple[bool, bool, bool],
) -> None:
    seen = set()
    for number in range(1, MOST_EVENTS):
        page = scheduled()
        assert state(page) == before
        wire = interrupted(lambda page=page: act(page), at=number)  # type: ignore[misc]
        seen.add(state(page))
        StandardPage.objects.get(pk=page.pk).delete()
        if not wire.was_struck:
            break
    assert seen == {before, after}
