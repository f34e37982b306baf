"""The corrections log: every change note once, outliving its page, shown to everybody."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from wagtail.models import PageLogEntry, PageViewRestriction
from wagtail.test.utils.form_data import rich_text

from prevention import clock
from prevention.core.log_readers import follow_log
from prevention.core.models import EXPLAINED, NOT_BOTH, WHAT_CHANGED
from prevention.core.publishing import PublishingRefusedError
from prevention.editorial.models import Change
from prevention.home.models import ChangesPage
from prevention.substances.models import SubstancePage
from prevention.users.models import User
from tests.factories import LegalStatusFactory, SubstancePageFactory
from tests.forms import posted

pytestmark = pytest.mark.django_db
ADDRESS = "/changes/"


@pytest.fixture
def page() -> SubstancePage:
    made: SubstancePage = SubstancePageFactory(title="Examplium", live=False)
    return made


def publish(page: SubstancePage, note: str, *, small: bool = False, **values: str) -> None:
    """As code does it: with the page as it is in the database, and what is said of it."""
    fresh = SubstancePage.objects.get(pk=page.pk)
    for field, value in values.items():
        setattr(fresh, field, value)
    if note or small:
        fresh.explain(note, small=small)
    fresh.save_revision().publish()
    follow_log()


def listed(page: SubstancePage) -> list[tuple[str, bool]]:
    return list(Change.objects.filter(page=page.pk).order_by("pk").values_list("note", "is_first"))


def history(page: SubstancePage) -> list[str]:
    return [entry.message for entry in PageLogEntry.objects.filter(page=page.pk, action=EXPLAINED)]


def test_each_note_is_listed_once_and_small_wording_in_the_history_alone(page: SubstancePage) -> None:
    publish(page, "First version.")
    publish(page, "The onset was wrong: mended.", taking="<p>An hour.</p>")
    publish(page, "")
    publish(page, "", small=True, taking="<p>About an hour.</p>")
    publish(page, "The onset was wrong: mended.", taking="<p>Two hours.</p>")
    assert listed(page) == [
        ("First version.", True),
        ("The onset was wrong: mended.", False),
        ("The onset was wrong: mended.", False),
    ]
    assert sorted(history(page)) == [
        "What changed: Small wording, not listed.",
        "What changed: The onset was wrong: mended.",
        "What changed: The onset was wrong: mended.",
    ]


def test_a_publish_without_any_change_asks_and_says_nothing(page: SubstancePage) -> None:
    publish(page, "First version.")
    publish(page, "")
    fresh = SubstancePage.objects.get(pk=page.pk)
    fresh.next_review = clock.today() + datetime.timedelta(days=100)
    fresh.looks = "<p></p>\r\n"
    fresh.save_revision().publish()
    assert listed(page) == [("First version.", True)]
    assert SubstancePage.objects.get(pk=page.pk).change_note == "First version."


# Ways to publish a change without saying what it is, or with what was said of the version before


def by_form(staff: Client, page: SubstancePage, **said: str) -> Any:
    """Press Publish in the editing form, as a browser sends it."""
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    form = posted(staff.get(address).content.decode())
    response = staff.post(address, {**form, **said, "action-publish": "1"}, follow=True)
    follow_log()
    return response


def by_submitting(staff: Client, page: SubstancePage) -> Any:
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    form = posted(staff.get(address).content.decode())
    return staff.post(address, {**form, "action-submit": "1"}, follow=True)


def by_bulk_action(staff: Client, page: SubstancePage) -> Any:
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    return staff.post(f"{address}?id={page.pk}&next=/admin/", {}, follow=True)


def by_workflow_end(staff: Client, page: SubstancePage) -> Any:
    first, second = (
        User.objects.create_superuser(name, f"{name}@candour.example", None, sign_off_role="A reviewer")
        for name in ("first", "second")
    )
    page.get_workflow().start(page, User.objects.get(username="robin"))
    state = page.current_workflow_task_state
    state.task.specific.on_action(state.specific, first, "approve")
    state = page.current_workflow_task_state
    staff.force_login(second)
    address = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk])
    return staff.post(address, {"comment": ""}, follow=True)


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("robin", "robin@candour.example", None))
    return client


@pytest.fixture
def corrected(page: SubstancePage) -> SubstancePage:
    """A live page with a note, and a draft of it with another text and still the same note."""
    publish(page, "First version.")
    fresh = SubstancePage.objects.get(pk=page.pk)
    fresh.next_review = clock.today() + datetime.timedelta(days=100)
    fresh.taking = "<p>Two hours.</p>"
    fresh.save_revision()
    return fresh


@pytest.mark.parametrize("door", [by_form, by_submitting, by_bulk_action, by_workflow_end])
def test_no_door_publishes_a_change_with_the_note_of_the_version_before(
    staff: Client, corrected: SubstancePage, door: Callable[[Client, SubstancePage], Any]
) -> None:
    assert escape(WHAT_CHANGED) in door(staff, corrected).content.decode()
    assert SubstancePage.objects.get(pk=corrected.pk).taking == ""
    assert SubstancePage.objects.get(pk=corrected.pk).current_workflow_state is None or (
        corrected.current_workflow_state.status == "in_progress"
    )


def test_nor_does_code_a_former_version_or_a_schedule(corrected: SubstancePage) -> None:
    former = corrected.revisions.order_by("pk").first()
    assert former is not None
    with pytest.raises(PublishingRefusedError, match="plain sentence what changed"):
        corrected.get_latest_revision().publish()
    publish(corrected, "The onset was wrong: mended.", taking="<p>Two hours.</p>")
    with pytest.raises(PublishingRefusedError, match="plain sentence what changed"):
        former.publish()
    draft = SubstancePage.objects.get(pk=corrected.pk)
    draft.taking = "<p>Three hours.</p>"
    draft.go_live_at = clock.now() - datetime.timedelta(minutes=1)
    draft.save_revision(approved_go_live_at=draft.go_live_at)
    call_command("publish_scheduled")
    assert SubstancePage.objects.get(pk=corrected.pk).taking == "<p>Two hours.</p>"
    refused = PageLogEntry.objects.get(action="candour.publish.refused")
    assert WHAT_CHANGED in refused.message


def test_the_form_asks_anew_and_what_is_said_goes_with_the_revision(
    staff: Client, corrected: SubstancePage
) -> None:
    address = reverse("wagtailadmin_pages:edit", args=[corrected.pk])
    form = posted(staff.get(address).content.decode())
    assert form["change_note"] == [""]
    staff.post(address, {**form, "change_note": "The onset was wrong: mended."})
    assert posted(staff.get(address).content.decode())["change_note"] == ["The onset was wrong: mended."]
    SubstancePage.objects.get(pk=corrected.pk).get_latest_revision().publish()
    follow_log()
    assert listed(corrected)[1:] == [("The onset was wrong: mended.", False)]
    by_form(staff, corrected, taking=rich_text("<p>Three hours.</p>"), is_small_change="on")
    live = SubstancePage.objects.get(pk=corrected.pk)
    assert (live.taking.count("Three hours."), live.is_small_change) == (1, True)
    assert len(listed(corrected)) == 2
    page = staff.get(reverse("wagtailadmin_pages:history", args=[corrected.pk])).content.decode()
    assert "What changed: Small wording, not listed." in page


def test_a_note_on_what_is_not_to_be_listed_is_asked_about(staff: Client, corrected: SubstancePage) -> None:
    said = {"change_note": "A comma.", "is_small_change": "on"}
    assert escape(NOT_BOTH) in by_form(staff, corrected, **said).content.decode()


def test_a_draft_is_not_logged(page: SubstancePage) -> None:
    page.change_note = "Not yet."
    page.save_revision()
    follow_log()
    assert not Change.objects.filter(page=page.pk).exists()


def test_everybody_can_read_what_was_corrected(page: SubstancePage, reader: Client) -> None:
    publish(page, "First version.")
    publish(page, "The onset was wrong: mended.", taking="<p>An hour.</p>")
    html = reader.get(ADDRESS).content.decode()
    assert '<a href="/drugs/examplium/">Examplium</a>' in html
    assert "The onset was wrong: mended." in html


def test_a_list_that_is_read_before_a_change_is_listed_is_not_kept(
    page: SubstancePage, reader: Client
) -> None:
    publish(page, "First version.")
    fresh = SubstancePage.objects.get(pk=page.pk)
    fresh.explain("The onset was wrong: mended.")
    fresh.save_revision().publish()
    assert "The onset was wrong: mended." not in reader.get(ADDRESS).content.decode()
    follow_log()
    complete = reader.get(ADDRESS)
    assert "The onset was wrong: mended." in complete.content.decode()
    assert reader.get(ADDRESS, headers={"If-None-Match": complete.headers["ETag"]}).status_code == 304


def test_a_correction_outlives_its_page(page: SubstancePage, reader: Client) -> None:
    publish(page, "First version.")
    publish(page, "The onset was wrong: mended.", taking="<p>An hour.</p>")
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
    publish(page, "The onset was wrong: mended.", taking="<p>An hour.</p>")
    (row,) = Change.objects.filter(page=page.pk)
    assert not row.is_first
    assert "The onset was wrong: mended." in reader.get(ADDRESS).content.decode()


def test_what_only_some_may_read_is_not_told(page: SubstancePage, reader: Client) -> None:
    publish(page, "First version.")
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    publish(page, "The rota moved.", taking="<p>An hour.</p>")
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
