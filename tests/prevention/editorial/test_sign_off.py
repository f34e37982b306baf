"""Sign-off is a record of what happened: by whom, in which role, of which text. Nobody can type it."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from wagtail.models import Page, TaskState

from prevention import clock
from prevention.editorial.models import SignOff, SignOffError
from prevention.home.models import StandardPage
from prevention.users.models import User
from tests.factories import StandardPageFactory
from tests.forms import posted

Person = Callable[[str], User]
CLINICAL, LEGAL, EDITORS = "Clinical reviewers", "Legal reviewers", "Editors"


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def hand_in(page: Page, user: User) -> None:
    page.explain(small=True)
    page.save_revision(user=user)
    page.get_workflow().start(page, user)


def form_of(client: Client, page: Page) -> dict[str, list[str]]:
    return posted(client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode())


def approve_in_editor(client: Client, page: Page, **changes: Any) -> Any:
    """Press Approve in the editing form, as the browser sends it."""
    button = {"action-workflow-action": "true", "workflow-action-name": "approve"}
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    return client.post(address, {**form_of(client, page), **button, **changes}, follow=True)


def says(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def step(page: Page) -> str:
    state = Page.objects.get(pk=page.pk).current_workflow_task_state
    return state.task.name if state else ""


@pytest.fixture
def page(db: None) -> StandardPage:
    """A live topic. Its form is the smallest; those of the other types are loaded in test_round_trip.py."""
    made: StandardPage = StandardPageFactory(
        title="Examplium", slug="examplium", next_review=clock.today() + datetime.timedelta(days=700)
    )
    return made


def test_two_approvals_in_the_editor_publish_and_are_shown(person: Person, page: StandardPage) -> None:
    page.summary = "A new summary, checked twice."
    hand_in(page, person(EDITORS))
    before = page.revisions.count()
    approve_in_editor(browser(person(CLINICAL)), page)
    assert step(page) == "Legal review"
    approve_in_editor(browser(person(LEGAL)), page)
    assert page.revisions.count() == before, "an approval makes no revision"
    page = StandardPage.objects.get(pk=page.pk)
    assert page.summary == "A new summary, checked twice."
    assert (page.reviewer_role, page.last_reviewed) == ("One of the clinical reviewers", clock.today())
    assert not page.is_changed_since_review
    assert not page.is_starter
    rows = list(SignOff.objects.for_instance(page).values_list("step", "role", "completes", "user__username"))
    assert rows == [
        ("Clinical review", "One of the clinical reviewers", False, "clinical-reviewers"),
        ("Legal review", "One of the legal reviewers", True, "legal-reviewers"),
    ]
    html = Client().get(page.url).content.decode()
    assert "One of the clinical reviewers" in html
    assert "not clinically reviewed" not in html
    review = Client().get("/api/v1/topics/examplium").json()["review"]
    assert review["reviewer_role"] == "One of the clinical reviewers"
    assert review["is_changed_since_review"] is False


@pytest.mark.parametrize("slug", ["kava", "festivals", "drugs", "home", "help"])
def test_an_approval_of_a_page_of_the_starter_stands(person: Person, slug: str) -> None:
    page = Page.objects.get(slug=slug).specific
    page.next_review = clock.today() + datetime.timedelta(days=700)
    hand_in(page, person(EDITORS))
    approve_in_editor(browser(person(CLINICAL)), page)
    assert step(page) == "Legal review"
    approve_in_editor(browser(person(LEGAL)), page)
    assert step(page) == ""
    assert SignOff.objects.for_instance(page).count() == 2


def test_text_that_comes_with_an_approval_is_a_draft_and_no_approval(
    person: Person, page: StandardPage
) -> None:
    hand_in(page, person(EDITORS))
    clinical = person(CLINICAL)
    response = approve_in_editor(browser(clinical), page, summary="Changed by the reviewer.")
    assert "your decision was not recorded" in says(response)
    assert step(page) == "Clinical review"
    assert SignOff.objects.count() == 0
    draft = StandardPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    assert draft.summary == "Changed by the reviewer."
    assert "wrote part of this text" in says(approve_again(clinical, page))


def approve_again(user: User, page: Page) -> Any:
    state = Page.objects.get(pk=page.pk).current_workflow_task_state
    with pytest.raises(SignOffError) as error:
        state.task.specific.on_action(state.specific, user, "approve")
    return type("Told", (), {"context": {"messages": [error.value]}})


@pytest.mark.parametrize("superuser", [False, True])
def test_nobody_approves_what_they_wrote(person: Person, page: StandardPage, superuser: bool) -> None:
    clinical = person(CLINICAL)
    User.objects.filter(pk=clinical.pk).update(is_superuser=superuser)
    clinical = User.objects.get(pk=clinical.pk)
    page.summary = "Begun by the reviewer."
    page.save_revision(user=clinical)
    page.summary = "Gone on with by an editor."
    hand_in(page, person(EDITORS))
    approve_in_editor(browser(clinical), page)
    assert step(page) == "Clinical review"
    state = page.current_workflow_task_state
    url = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk])
    browser(clinical).post(url, {"comment": ""})
    assert step(page) == "Clinical review"
    with pytest.raises(SignOffError, match="wrote part"):
        state.task.specific.on_action(state.specific, clinical, "approve")
    assert SignOff.objects.count() == 0


def test_who_wrote_the_text_before_the_last_approval_may_approve_the_next(
    person: Person, page: StandardPage
) -> None:
    clinical, legal, editor = person(CLINICAL), person(LEGAL), person(EDITORS)
    page.save_revision(user=clinical)
    other = User.objects.create_user("third", password=None, sign_off_role="A nurse")
    other.groups.set(clinical.groups.all())
    hand_in(page, editor)
    approve_in_editor(browser(other), page)
    approve_in_editor(browser(legal), page)
    page = StandardPage.objects.get(pk=page.pk)
    page.summary = "A second round."
    hand_in(page, editor)
    approve_in_editor(browser(clinical), page)
    assert step(page) == "Legal review"


@pytest.mark.parametrize(("people", "name"), [(2, "Legal review"), (1, "")])
def test_one_person_takes_both_steps_in_a_small_team_only(
    person: Person, page: StandardPage, settings: Settings, people: int, name: str
) -> None:
    settings.SIGN_OFF_PEOPLE = people
    both = person(CLINICAL)
    both.groups.add(*person(LEGAL).groups.all())
    hand_in(page, person(EDITORS))
    approve_in_editor(browser(both), page)
    approve_in_editor(browser(both), page)
    assert step(page) == name
    said = "One person has checked both the facts and the law" in Client().get(page.url).content.decode()
    assert said == (people == 1)


def test_a_later_text_that_nobody_approved_is_called_changed(person: Person, page: StandardPage) -> None:
    hand_in(page, person(EDITORS))
    for role in (CLINICAL, LEGAL):
        approve_in_editor(browser(person(role)), page)
    page = StandardPage.objects.get(pk=page.pk)
    page.summary = "An urgent correction."
    page.explain(small=True)
    page.save_revision().publish()
    page = StandardPage.objects.get(pk=page.pk)
    assert page.is_changed_since_review
    html = Client().get(page.url).content.decode()
    assert "Changed since its review on" in html
    review = Client().get("/api/v1/topics/examplium").json()["review"]
    assert review["is_changed_since_review"] is True


def test_what_is_published_is_what_was_approved_and_no_later_draft(
    person: Person, page: StandardPage
) -> None:
    editor = person(EDITORS)
    page.summary = "The text that is approved."
    hand_in(page, editor)
    approve_in_editor(browser(person(CLINICAL)), page)
    state = Page.objects.get(pk=page.pk).current_workflow_task_state
    draft = StandardPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    draft.summary = "A later draft."
    draft.save_revision(user=editor)
    state.task.specific.on_action(state.specific, person(LEGAL), "approve")
    # The later draft is what the legal reviewer was shown: the clinical one has not seen it.
    assert step(page) == "Clinical review"
    assert StandardPage.objects.get(pk=page.pk).summary == "An invented topic for the tests."


def test_a_form_that_is_out_of_date_decides_nothing(person: Person, page: StandardPage) -> None:
    editor, clinical = person(EDITORS), browser(person(CLINICAL))
    hand_in(page, editor)
    old = form_of(clinical, page)
    draft = StandardPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    draft.summary = "Changed meanwhile."
    draft.save_revision(user=editor)
    button = {"action-workflow-action": "true", "workflow-action-name": "approve"}
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    response = clinical.post(address, {**old, **button}, follow=True)
    assert "The text has changed since you opened it" in says(response)
    assert step(page) == "Clinical review"


def test_an_autosave_runs_no_action(person: Person, page: StandardPage) -> None:
    hand_in(page, person(EDITORS))
    client = browser(person(CLINICAL))
    button = {"action-workflow-action": "true", "workflow-action-name": "approve"}
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    for _ in range(2):
        client.post(address, {**form_of(client, page), **button}, headers={"Accept": "application/json"})
    assert step(page) == "Clinical review"
    assert SignOff.objects.count() == 0


def test_nobody_writes_over_what_was_handed_in(person: Person, page: StandardPage) -> None:
    editor = person(EDITORS)
    hand_in(page, editor)
    handed_in = StandardPage.objects.get(pk=page.pk).latest_revision
    later = handed_in.as_object()
    later.summary = "Another text."
    again = later.save_revision(user=editor, overwrite_revision=handed_in)
    assert again.pk != handed_in.pk
    handed_in.refresh_from_db()
    assert handed_in.content["summary"] != "Another text."


def test_a_rejection_needs_a_reason_and_the_editor_sees_it(person: Person, page: StandardPage) -> None:
    editor = person(EDITORS)
    hand_in(page, editor)
    state = page.current_workflow_task_state
    url = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "reject", state.pk])
    client = browser(person(CLINICAL))
    assert "Say what has to change" in says(client.post(url, {"comment": " "}, follow=True))
    assert step(page) == "Clinical review"
    client.post(url, {"comment": "The onset is wrong."})
    shown = browser(editor).get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    assert "The onset is wrong." in says(shown)


@pytest.mark.parametrize(
    ("role", "due", "sentence"),
    [
        ("", 700, "no role to sign with"),
        ("A nurse", 0, "next review is not set, or is over"),
    ],
)
def test_without_a_role_or_a_date_nothing_is_signed(
    person: Person, page: StandardPage, role: str, due: int, sentence: str
) -> None:
    clinical = person(CLINICAL)
    User.objects.filter(pk=clinical.pk).update(sign_off_role=role)
    page.last_reviewed = None
    page.next_review = clock.today() + datetime.timedelta(days=due)
    hand_in(page, person(EDITORS))
    state = page.current_workflow_task_state
    with pytest.raises(SignOffError, match=sentence):
        state.task.specific.on_action(state.specific, User.objects.get(pk=clinical.pk), "approve")


def test_a_claim_without_a_record_is_taken_away_at_every_door(page: StandardPage) -> None:
    page.reviewer_role = "Consultant in addiction psychiatry"
    page.reviewed_revision = 1
    page.save()
    assert StandardPage.objects.get(pk=page.pk).reviewer_role == ""
    page.reviewer_role = "Consultant in addiction psychiatry"
    page.explain(small=True)
    page.save_revision().publish()
    assert StandardPage.objects.get(pk=page.pk).is_starter


def test_a_role_can_not_be_typed(page: StandardPage) -> None:
    client = browser(User.objects.create_superuser("robin", "robin@candour.example", None))
    form = form_of(client, page)
    assert not {"reviewer_role", "last_reviewed", "reviewed_revision"} & set(form)
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    client.post(address, {**form, "reviewer_role": "A professor", "action-publish": "1"})
    assert StandardPage.objects.get(pk=page.pk).is_starter


def test_a_copy_brings_no_review_along(person: Person, page: StandardPage) -> None:
    hand_in(page, person(EDITORS))
    for role in (CLINICAL, LEGAL):
        approve_in_editor(browser(person(role)), page)
    copy = StandardPage.objects.get(pk=page.pk).copy(
        update_attrs={"slug": "copy", "title": "Copy"}, keep_live=True
    )
    assert StandardPage.objects.get(pk=copy.pk).is_starter


def with_role(role: str) -> User:
    user = User.objects.create_user(f"one of {role}", password=None, sign_off_role=role)
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.mark.usefixtures("own_database")
def test_ten_at_once_make_one_approval() -> None:
    page = StandardPage.objects.get(slug="festivals")
    page.next_review = clock.today() + datetime.timedelta(days=700)
    hand_in(page, with_role(EDITORS))
    clinical = with_role(CLINICAL)
    state = page.current_workflow_task_state
    outcomes: list[str] = []

    def approve() -> None:
        try:
            mine = TaskState.objects.get(pk=state.pk)
            mine.task.specific.on_action(mine.specific, clinical, "approve")
            outcomes.append("approved")
        except SignOffError as error:
            outcomes.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=approve) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("approved") == 1
    assert set(outcomes) - {"approved"} == {"This step has been decided already. Nothing was recorded twice."}
    assert len(outcomes) == 10
    assert SignOff.objects.count() == 1
    assert step(page) == "Legal review"


def test_an_administrator_gives_the_role(db: None) -> None:
    client = browser(User.objects.create_superuser("robin", "robin@candour.example", None))
    other = User.objects.create_user("other", password=None, email="other@candour.example")
    address = reverse("wagtailusers_users:edit", args=[other.pk])
    html = client.get(address).content.decode()
    assert "role to sign with" in html.lower()
    form = posted(html, "//main//form[@method='post'] | //form[@method='POST']")
    client.post(address, {**form, "first_name": "O", "last_name": "T", "sign_off_role": "A pharmacist"})
    assert User.objects.get(pk=other.pk).sign_off_role == "A pharmacist"
