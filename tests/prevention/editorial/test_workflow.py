"""The two steps, walked through in the admin as people do: clinical, then legal, then public."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.actions.publish_revision import PublishPermissionError
from wagtail.models import Page, Workflow, WorkflowState

from prevention.editorial.models import SignOffTask
from prevention.editorial.roles import STOCK_WORKFLOW, WORKFLOW, WORKFLOW_STEPS
from prevention.substances.models import SubstancePage
from prevention.users.models import User
from tests.forms import posted

Person = Callable[[str], User]


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def administrator() -> Client:
    """Somebody who may open every form."""
    user, _ = User.objects.get_or_create(username="administrator", is_superuser=True, is_active=True)
    return browser(user)


def save(client: Client, page: Page, title: str, **button: str) -> Any:
    """Send the edit form of a page, as a browser would, with the button that was pressed."""
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    form = posted(administrator().get(address).content.decode())
    return client.post(address, {**form, "title": title, **button})


def submit(client: Client, page: Page) -> Any:
    return save(client, page, "Ketamine, checked", **{"action-submit": "1"})


def decide(client: Client, page: Page, action: str, comment: str = "") -> Any:
    """Approve or reject the present step of a page from its own view."""
    task_state = page.current_workflow_task_state
    url = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, action, task_state.pk])
    return client.post(url, {"comment": comment})


def fresh(page: Page) -> Page:
    return Page.objects.get(pk=page.pk)


def step(page: Page) -> str | None:
    task = fresh(page).current_workflow_task
    return task.name if task else None


@pytest.mark.django_db
def test_the_workflow_is_what_the_data_says() -> None:
    workflow = Workflow.objects.get(name=WORKFLOW)
    assert tuple(task.name for task in workflow.tasks) == tuple(name for name, _ in WORKFLOW_STEPS)
    for name, group in WORKFLOW_STEPS:
        groups = SignOffTask.objects.get(name=name).groups
        assert list(groups.values_list("name", flat=True)) == [group]


@pytest.mark.django_db
def test_every_page_goes_through_it(draft: Page) -> None:
    assert draft.get_workflow().name == WORKFLOW
    assert not Workflow.objects.get(name=STOCK_WORKFLOW).active


def test_from_draft_to_public_in_two_steps(person: Person, draft: Page) -> None:
    editor, clinical, legal = (
        browser(person(role)) for role in ("Editors", "Clinical reviewers", "Legal reviewers")
    )
    submit(editor, draft)
    assert step(draft) == "Clinical review"
    assert not fresh(draft).live

    decide(clinical, fresh(draft), "approve")
    assert step(draft) == "Legal review"
    assert not fresh(draft).live

    decide(legal, fresh(draft), "approve")
    published = fresh(draft)
    assert step(draft) is None
    assert published.live
    assert published.title == "Ketamine, checked"
    assert WorkflowState.objects.get(object_id=str(draft.pk)).status == WorkflowState.STATUS_APPROVED


def test_a_page_of_ours_goes_through_and_is_public(person: Person) -> None:
    page = SubstancePage.objects.live().first()
    assert page
    page.summary = "A new summary, checked twice."
    page.explain(small=True)
    page.save_revision()
    page.get_workflow().start(page, person("Editors"))
    decide(browser(person("Clinical reviewers")), fresh(page), "approve")
    assert SubstancePage.objects.get(pk=page.pk).summary != page.summary
    decide(browser(person("Legal reviewers")), fresh(page), "approve")
    assert SubstancePage.objects.get(pk=page.pk).summary == page.summary
    assert page.summary in Client().get(page.url).content.decode()


@pytest.mark.parametrize("role", ["Editors", "Legal reviewers", "Analysts"])
def test_only_a_clinical_reviewer_takes_the_first_step(person: Person, draft: Page, role: str) -> None:
    submit(browser(person("Editors")), draft)
    other = User.objects.filter(groups__name=role).first() or person(role)
    decide(browser(other), fresh(draft), "approve")
    assert step(draft) == "Clinical review"


@pytest.mark.parametrize("role", ["Editors", "Clinical reviewers", "Analysts"])
def test_only_a_legal_reviewer_takes_the_second_step(person: Person, draft: Page, role: str) -> None:
    clinical = person("Clinical reviewers")
    submit(browser(person("Editors")), draft)
    decide(browser(clinical), fresh(draft), "approve")
    other = User.objects.filter(groups__name=role).first() or person(role)
    decide(browser(other), fresh(draft), "approve")
    assert step(draft) == "Legal review"
    assert not fresh(draft).live


def test_a_reviewer_sends_a_page_back_and_the_editor_hands_it_in_again(person: Person, draft: Page) -> None:
    editor, clinical = browser(person("Editors")), browser(person("Clinical reviewers"))
    submit(editor, draft)
    decide(clinical, fresh(draft), "reject", "The onset is wrong.")
    state = WorkflowState.objects.get(object_id=str(draft.pk))
    assert state.status == WorkflowState.STATUS_NEEDS_CHANGES
    save(editor, draft, "Ketamine, corrected", **{"action-restart-workflow": "1"})
    assert step(draft) == "Clinical review"


def test_what_a_legal_reviewer_changes_goes_back_to_the_clinical_one(person: Person, draft: Page) -> None:
    clinical, legal = browser(person("Clinical reviewers")), browser(person("Legal reviewers"))
    submit(browser(person("Editors")), draft)
    decide(clinical, fresh(draft), "approve")
    save(legal, draft, "Ketamine, with a new fact")
    decide(legal, fresh(draft), "approve")
    assert step(draft) == "Legal review"
    other = User.objects.create_user("another", password=None, sign_off_role="A solicitor")
    other.groups.set(User.objects.get(username="legal-reviewers").groups.all())
    decide(browser(other), fresh(draft), "approve")
    assert step(draft) == "Clinical review"
    assert not fresh(draft).live


def test_a_reviewer_may_open_a_page_while_it_waits_for_them_only(person: Person, draft: Page) -> None:
    clinical, legal = browser(person("Clinical reviewers")), browser(person("Legal reviewers"))
    submit(browser(person("Editors")), draft)
    edit = reverse("wagtailadmin_pages:edit", args=[draft.pk])
    assert clinical.get(edit).status_code == 200
    assert legal.get(edit).status_code == 302


def test_a_page_that_waits_is_on_the_reviewers_home_page(person: Person, draft: Page) -> None:
    submit(browser(person("Editors")), draft)
    home = browser(person("Clinical reviewers")).get("/admin/").content.decode()
    assert "Ketamine, checked" in home
    assert "Awaiting your review" in home


@pytest.mark.parametrize("role", ["Clinical reviewers", "Legal reviewers", "Analysts"])
def test_only_those_who_write_hand_pages_in(person: Person, draft: Page, role: str) -> None:
    submit(browser(person(role)), draft)
    assert step(draft) is None
    assert fresh(draft).get_latest_revision_as_object().title == draft.title


def test_a_legal_reviewer_alone_publishes_nothing(person: Person, draft: Page) -> None:
    legal = person("Legal reviewers")
    save(browser(legal), draft, "Not checked", **{"action-publish": "1"})
    with pytest.raises(PublishPermissionError):
        draft.get_latest_revision().publish(user=legal)
    assert not fresh(draft).live


def test_an_editor_can_not_publish_by_pressing_a_button_that_is_not_there(
    person: Person, draft: Page
) -> None:
    save(browser(person("Editors")), draft, "Straight to the public", **{"action-publish": "1"})
    assert not fresh(draft).live


def test_a_moderator_publishes_at_once_when_it_is_urgent(person: Person, draft: Page) -> None:
    save(browser(person("Moderators")), draft, "Urgent", **{"action-publish": "1"})
    assert fresh(draft).live
    assert fresh(draft).title == "Urgent"
