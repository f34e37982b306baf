"""A form that can not be taken says in which field and where, and gives back everything that was typed."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from wagtail.models import Comment, Page
from wagtail.test.utils.form_data import rich_text

from prevention.core.models import Citation
from prevention.substances.models import SubstancePage
from prevention.users.models import User
from tests.factories import DAY, LegalStatusFactory, SubstancePageFactory
from tests.forms import Fields, posted

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("robin", "robin@candour.example", None))
    return client


@pytest.fixture
def page() -> SubstancePage:
    """A substance with a source and a row of law in several lines."""
    made: SubstancePage = SubstancePageFactory(title="Examplium")
    Citation.objects.create(
        page=made, section="summary", title="S", publisher="NHS", url="https://nhs.uk/", accessed=DAY
    )
    LegalStatusFactory(page=made, plain_words="It is illegal.\nTo give it away too.")
    return made


def address(page: Page) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def send(staff: Client, page: Page, **typed: Any) -> tuple[str, Fields, Fields]:
    """Publish with what was typed; return the answer, what was sent, and what the form gives back."""
    sent: Fields = {name: value if isinstance(value, list) else [value] for name, value in typed.items()}
    sent = {**posted(staff.get(address(page)).content.decode()), **sent}
    answer = staff.post(address(page), {**sent, "action-publish": "1"})
    assert answer.status_code == 200
    html = answer.content.decode()
    return html, sent, posted(html)


def error_of(html: str, field: str) -> str:
    """The words of the error that stands at a field."""
    page = BeautifulSoup(html, "html.parser")
    control = page.select_one(f"[name='{field}']")
    assert control is not None
    wrapper = control.find_parent(attrs={"data-field-wrapper": True})
    # In a row of many, it has the id by which the field says what describes it.
    shown = wrapper.select_one(".error-message") if wrapper else page.find(id=f"{control['id']}_error")
    return shown.get_text(" ", strip=True) if shown else ""


def lost(sent: Fields, back: Fields) -> dict[str, Any]:
    """What was typed and is not in the form that came back."""
    ignored = ("csrfmiddlewaretoken", "comments-", "loaded_revision")
    return {
        name: (values, back.get(name))
        for name, values in sent.items()
        if not name.startswith(ignored) and "-INITIAL" not in name and back.get(name) != values
    }


def test_a_collision_and_bad_dates_stand_at_their_fields_and_nothing_is_lost(
    staff: Client, page: SubstancePage
) -> None:
    html, sent, back = send(
        staff,
        page,
        slug="ketamine",
        next_review="31/02/2027",
        summary="What I typed for an hour.",
        emergency_do="Call 999\r\nStay with them",
        change_note="It was wrong.",
        **{"citations-0-accessed": "the day before", "citations-0-title": "What I read"},
    )
    assert "already in use" in error_of(html, "slug")
    assert "valid date" in error_of(html, "next_review")
    assert "valid date" in error_of(html, "citations-0-accessed")
    assert lost(sent, back) == {}


def test_a_missing_source_and_a_refused_word_stand_at_their_fields_and_nothing_is_lost(
    staff: Client, page: SubstancePage
) -> None:
    html, sent, back = send(
        staff,
        page,
        short_term_risks=rich_text("<p>You may fall.</p>"),
        looks=rich_text("<p>White, and it is safe.</p>"),
        summary="What I typed for an hour.",
        change_note="It was wrong.",
    )
    assert "Add a source for the section 'Risks now'" in error_of(html, "short_term_risks")
    assert "'is safe'" in error_of(html, "looks")
    rich = ("short_term_risks", "looks")
    assert lost({name: value for name, value in sent.items() if name not in rich}, back) == {}
    assert "You may fall." in back["short_term_risks"][0]
    assert "White, and it is safe." in back["looks"][0]


def test_a_text_of_several_lines_and_a_comment_come_back_as_they_were_sent(staff: Client, page: Any) -> None:
    page.looks = '<p data-block-key="abc12">It is white.</p>'
    page.explain(small=True)
    page.save_revision().publish()
    comment = Comment.objects.create(
        page=page,
        user=User.objects.get(username="robin"),
        text="Is it?",
        contentpath="looks",
        position='[{"key": "abc12", "start": 0, "end": 2}]',
    )
    form = posted(staff.get(address(page)).content.decode())
    assert form["legal_statuses-0-plain_words"] == ["It is illegal.\r\nTo give it away too."]
    # The editor's script puts the comments into the form.
    row = {"id": comment.pk, "text": "Is it?", "contentpath": "looks", "position": comment.position}
    sent = {f"comments-0-{name}": value for name, value in row.items()}
    sent |= {"comments-TOTAL_FORMS": "1", "comments-INITIAL_FORMS": "1"}
    staff.post(address(page), {**form, **sent, "action-publish": "1"})
    stored = SubstancePage.objects.get(pk=page.pk)
    assert stored.looks == page.looks
    assert stored.legal_statuses.get().plain_words == "It is illegal.\nTo give it away too."
    comment.refresh_from_db()
    assert (comment.contentpath, comment.position) == ("looks", '[{"key": "abc12", "start": 0, "end": 2}]')


def test_an_autosave_keeps_what_was_typed_when_the_tab_is_closed(staff: Client, page: SubstancePage) -> None:
    form = posted(staff.get(address(page)).content.decode())
    typed = {**form, "summary": "Typed, and never saved by hand.", "change_note": "It was wrong."}
    answer = staff.post(address(page), typed, headers={"Accept": "application/json"})
    assert answer.json()["success"] is True
    again = posted(staff.get(address(page)).content.decode())
    assert again["summary"] == ["Typed, and never saved by hand."]
    assert again["change_note"] == ["It was wrong."]
    assert SubstancePage.objects.get(pk=page.pk).summary == "An invented drug for the tests."
