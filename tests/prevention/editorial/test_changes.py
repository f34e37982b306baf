"""The corrections log: every change note once, outliving its page, shown to everybody."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client
from wagtail.models import PageViewRestriction

from prevention import clock
from prevention.core.log_readers import follow_log
from prevention.editorial.models import Change
from prevention.home.models import ChangesPage
from prevention.substances.models import SubstancePage
from tests.factories import LegalStatusFactory, SubstancePageFactory

pytestmark = pytest.mark.django_db
ADDRESS = "/changes/"


@pytest.fixture
def page() -> SubstancePage:
    made: SubstancePage = SubstancePageFactory(title="Examplium", live=False)
    return made


def publish(page: SubstancePage, note: str) -> None:
    """As the admin does it: with the page as it is in the database."""
    fresh = SubstancePage.objects.get(pk=page.pk)
    fresh.change_note = note
    fresh.save_revision().publish()
    follow_log()


def test_a_note_is_logged_once_for_each_wording(page: SubstancePage) -> None:
    for note in ("First version.", "First version.", "The onset was wrong: mended.", ""):
        publish(page, note)
    rows = Change.objects.filter(page=page.pk).order_by("pk")
    assert [(row.note, row.is_first) for row in rows] == [
        ("First version.", True),
        ("The onset was wrong: mended.", False),
    ]
    assert str(rows[1]) == f"Examplium, {clock.today()}: The onset was wrong: mended."


def test_a_draft_is_not_logged(page: SubstancePage) -> None:
    page.change_note = "Not yet."
    page.save_revision()
    follow_log()
    assert not Change.objects.filter(page=page.pk).exists()


def test_everybody_can_read_what_was_corrected(page: SubstancePage, reader: Client) -> None:
    publish(page, "First version.")
    publish(page, "The onset was wrong: mended.")
    html = reader.get(ADDRESS).content.decode()
    assert '<a href="/drugs/examplium/">Examplium</a>' in html
    assert "The onset was wrong: mended." in html


def test_a_list_that_is_read_before_a_change_is_listed_is_not_kept(
    page: SubstancePage, reader: Client
) -> None:
    publish(page, "First version.")
    fresh = SubstancePage.objects.get(pk=page.pk)
    fresh.change_note = "The onset was wrong: mended."
    fresh.save_revision().publish()
    assert "The onset was wrong: mended." not in reader.get(ADDRESS).content.decode()
    follow_log()
    complete = reader.get(ADDRESS)
    assert "The onset was wrong: mended." in complete.content.decode()
    assert reader.get(ADDRESS, headers={"If-None-Match": complete.headers["ETag"]}).status_code == 304


def test_a_correction_outlives_its_page(page: SubstancePage, reader: Client) -> None:
    publish(page, "First version.")
    publish(page, "The onset was wrong: mended.")
    page.refresh_from_db()
    page.unpublish()
    follow_log()
    html = reader.get(ADDRESS).content.decode()
    assert "Examplium (this page is gone)" in html
    assert "/drugs/examplium/" not in html
    page.delete()
    follow_log()
    assert "Examplium (this page is gone)" in reader.get(ADDRESS).content.decode()


def test_days_stand_newest_first_and_old_ones_go(page: SubstancePage) -> None:
    today = clock.today()
    for age in (0, 10, 400):
        Change.objects.create(title="A page", note="A note.", day=today - datetime.timedelta(days=age))
    shown = [row["day"] for row in ChangesPage.objects.get().days()]
    assert shown == sorted(shown, reverse=True)
    assert today - datetime.timedelta(days=10) in shown
    assert today - datetime.timedelta(days=400) not in shown


def test_the_first_note_of_an_old_page_is_a_correction(page: SubstancePage, reader: Client) -> None:
    publish(page, "")
    publish(page, "The onset was wrong: mended.")
    (row,) = Change.objects.filter(page=page.pk)
    assert not row.is_first
    assert "The onset was wrong: mended." in reader.get(ADDRESS).content.decode()


def test_what_only_some_may_read_is_not_told(page: SubstancePage, reader: Client) -> None:
    publish(page, "First version.")
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    publish(page, "The rota moved.")
    html = reader.get(ADDRESS).content.decode()
    assert "Examplium" not in html
    assert "The rota moved." not in html
    assert [row.note for row in Change.objects.filter(page=page.pk).order_by("pk")] == [
        "First version.",
        "Taken down. It is no longer open to everybody.",  # not shown, as all that is about it
    ]


def test_new_and_coming_law_is_told(page: SubstancePage, reader: Client) -> None:
    publish(page, "")
    tomorrow = clock.today() + datetime.timedelta(days=1)
    LegalStatusFactory(page=page, plain_words="It moves to Class A.", effective_from=tomorrow)
    later = tomorrow + datetime.timedelta(days=100)
    LegalStatusFactory(page=page, plain_words="It moves back.", effective_from=later)
    LegalStatusFactory(page=page, plain_words="It is in Class B.", effective_from=clock.today())
    LegalStatusFactory(page=page, plain_words="It was in Class C.", effective_from=datetime.date(2001, 1, 1))
    law = ChangesPage.objects.get().law_changes()
    coming = [row.plain_words for row in law["coming"] if row.page_id == page.pk]
    assert coming == ["It moves to Class A.", "It moves back."]
    assert "It is in Class B." in [row.plain_words for row in law["recent"]]
    html = reader.get(ADDRESS).content.decode()
    assert "It moves to Class A." in html
    assert "It was in Class C." not in html
