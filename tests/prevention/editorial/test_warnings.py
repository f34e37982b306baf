"""Stigma, fear and hard reading are asked about at every door, and stay for a written reason alone."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from wagtail.models import Page, PageLogEntry
from wagtail.test.utils.form_data import rich_text

from prevention import clock
from prevention.core.models import EXPLAINED, WHY_IT_STAYS
from prevention.core.publishing import PublishingRefusedError
from prevention.editorial.warnings import hard_to_read, warnings
from prevention.substances.models import Question, SubstancePage
from prevention.users.models import User
from tests.factories import SubstancePageFactory
from tests.forms import posted

pytestmark = pytest.mark.django_db
STIGMA = "<p>Most addicts started young.</p>"
MARKED = "'addicts': It makes a person into what they take."
HARD = (
    "<p>Administration of ketamine hydrochloride precipitates dissociative phenomenology, necessitating "
    "continuous cardiorespiratory observation by appropriately qualified personnel. Considerable "
    "interindividual variability characterises pharmacokinetic parameters, notwithstanding standardised "
    "administration procedures across heterogeneous populations and in all of the settings.</p>"
)


@pytest.fixture
def page() -> Any:
    made = SubstancePageFactory(title="Examplium", live=False)
    made.next_review = clock.today() + datetime.timedelta(days=100)
    made.taking = STIGMA
    made.save_revision()
    return made


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("robin", "robin@candour.example", None))
    return client


def form_of(staff: Client, page: Page) -> dict[str, Any]:
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    return dict(posted(staff.get(address).content.decode()))


def send(staff: Client, page: Page, **said: Any) -> str:
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    return staff.post(address, {**form_of(staff, page), **said}, follow=True).content.decode()


def is_live(page: Page) -> bool:
    return Page.objects.get(pk=page.pk).live


def reasons(page: Page) -> list[str]:
    return [entry.data["reason"] for entry in PageLogEntry.objects.filter(page=page.pk, action=EXPLAINED)]


@pytest.mark.parametrize("button", ["action-publish", "action-submit"])
def test_the_form_marks_the_words_and_takes_a_reason(staff: Client, page: SubstancePage, button: str) -> None:
    answer = send(staff, page, **{button: "1"})
    assert escape(MARKED) in answer
    assert escape(WHY_IT_STAYS) in answer
    assert "Most addicts started young." in answer, "nothing that was typed is lost"
    send(staff, page, wording_reason="A quotation.", **{button: "1"})
    draft = SubstancePage.objects.get(pk=page.pk).get_latest_revision_as_object()
    assert draft.wording_reason == "A quotation."
    assert draft.live or draft.current_workflow_state


def test_other_doors_say_where_to_give_it_and_take_what_was_given(staff: Client, page: SubstancePage) -> None:
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    answer = staff.post(f"{address}?id={page.pk}&next=/admin/", {}, follow=True).content.decode()
    assert escape(f"How people take it: {MARKED}") in answer
    assert escape(WHY_IT_STAYS) in answer
    with pytest.raises(PublishingRefusedError, match="addicts"):
        page.get_latest_revision().publish()
    assert not is_live(page)
    send(staff, page, wording_reason="A quotation.")
    staff.post(f"{address}?id={page.pk}&next=/admin/", {}, follow=True)
    assert is_live(page)
    assert reasons(page) == ["Why its wording stays: A quotation."]


def test_what_was_live_is_asked_about_again_only_when_it_changes(page: SubstancePage) -> None:
    page.explain(wording="A quotation.")
    page.save_revision().publish()
    fresh = SubstancePage.objects.get(pk=page.pk)
    fresh.looks = "<p>It is white.</p>"
    fresh.explain(small=True)
    fresh.save_revision().publish()
    fresh = SubstancePage.objects.get(pk=page.pk)
    assert "addicts" in fresh.taking
    fresh.taking = "<p>Some addicts started young.</p>"
    fresh.explain(small=True)
    with pytest.raises(PublishingRefusedError, match="addicts"):
        fresh.save_revision().publish()


def test_a_reason_is_not_taken_for_the_next_version(page: SubstancePage) -> None:
    page.explain(wording="A quotation.")
    page.save_revision().publish()
    fresh = SubstancePage.objects.get(pk=page.pk)
    fresh.looks = "<p>Junkies like it.</p>"
    with pytest.raises(PublishingRefusedError, match="Junkies"):
        fresh.save_revision().publish()


def test_every_text_is_looked_at(page: Any) -> None:
    page.taking, page.summary, page.looks = "", "Just say no.", HARD
    page.questions.set([Question(question="Is it?", answer=STIGMA)])
    assert set(warnings(page)) == {"summary", "looks", "questions"}


def test_the_editing_form_shows_what_will_be_asked(staff: Client, page: SubstancePage) -> None:
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert "How people take it: <mark>&#x27;addicts&#x27;</mark>" in staff.get(address).content.decode()


def test_reading_age_is_that_of_whole_texts_and_says_where_to_begin() -> None:
    assert hard_to_read(HARD).startswith("'Administration of ketamine")
    assert "reading age of" in hard_to_read(HARD)
    assert hard_to_read("<p>Pharmacological considerations notwithstanding.</p>") == ""
    rows = "".join(f"<li>very hot skin number {number}</li>" for number in range(20))
    assert hard_to_read(f"<ul>{rows}</ul>") == "", "each row of a list is a sentence"


def test_a_former_note_does_not_keep_a_reason_alive(staff: Client, page: SubstancePage) -> None:
    send(staff, page, wording_reason="A quotation.", **{"action-publish": "1"})
    form = form_of(staff, page)
    assert form["wording_reason"] == [""]
    answer = send(
        staff,
        page,
        taking=rich_text("<p>Some addicts started young.</p>"),
        change_note="Fewer people than we said.",
        **{"action-publish": "1"},
    )
    assert escape(MARKED) in answer
