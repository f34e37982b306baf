"""Every way to go live asks the one gate; to withdraw is never refused."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from wagtail.models import Page, PageLogEntry

from prevention import clock
from prevention.alerts.models import Alert
from prevention.core.models import BasePage
from prevention.core.publishing import PublishingRefusedError
from prevention.core.review import page_models
from prevention.editorial.attention import attention_items
from prevention.editorial.house_rules import texts_of
from prevention.editorial.warnings import warnings
from prevention.help.models import Helpline
from prevention.substances.models import Family, Interaction, Question, SubstanceIndexPage, SubstancePage
from prevention.users.models import User
from search.models import Intent
from tests.factories import LessonPackPageFactory, SubstancePageFactory
from tests.forms import posted

pytestmark = pytest.mark.django_db
CLAIM = "Examplium is perfectly safe."
WHY = "We never say that a drug, an amount, a mixture or a way of taking it is safe."
EMERGENCY = "Say this before publishing: it is what a frightened reader needs first."


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("robin", "robin@candour.example", None))
    return client


@pytest.fixture
def bare() -> SubstancePage:
    """A draft with a title and a summary only: it lacks its emergency part."""
    page = SubstancePage(title="Bare", slug="bare", summary="An invented drug.", live=False)
    page.next_review = clock.today() + datetime.timedelta(days=365)
    SubstanceIndexPage.objects.get().add_child(instance=page)
    page.save_revision()
    return page


def says(response: Any) -> str:
    """The messages that the next page of the admin shows."""
    return " ".join(str(message) for message in response.context["messages"])


def is_live(page: Page) -> bool:
    return Page.objects.get(pk=page.pk).live


# Ways to go live


def by_form(staff: Client, page: BasePage) -> Any:
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    form = posted(staff.get(address).content.decode())
    return staff.post(address, {**form, "action-publish": "1"}, follow=True)


def by_bulk_action(staff: Client, page: BasePage) -> Any:
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    return staff.post(f"{address}?id={page.pk}&next=/admin/", {}, follow=True)


def by_bulk_action_on_the_parent(staff: Client, page: BasePage) -> Any:
    parent = page.get_parent()
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    return staff.post(f"{address}?id={parent.pk}&next=/admin/", {"include_descendants": "on"}, follow=True)


def by_workflow(staff: Client, page: BasePage) -> Any:
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


DOORS: list[Callable[[Client, BasePage], Any]] = [
    by_form,
    by_bulk_action,
    by_bulk_action_on_the_parent,
    by_workflow,
]


@pytest.mark.parametrize("door", DOORS)
def test_a_page_without_its_emergency_part_goes_live_by_no_door(
    staff: Client, bare: SubstancePage, door: Callable[[Client, BasePage], Any]
) -> None:
    response = door(staff, bare)
    assert response.status_code == 200
    assert EMERGENCY in response.content.decode()
    assert not is_live(bare)


@pytest.mark.parametrize("door", DOORS)
def test_a_claim_of_safety_goes_live_by_no_door(
    staff: Client, door: Callable[[Client, BasePage], Any]
) -> None:
    page = SubstancePageFactory(title="Examplium", live=False)
    page.next_review = clock.today() + datetime.timedelta(days=365)
    page.summary = CLAIM
    page.save_revision()
    assert WHY in door(staff, page).content.decode()
    assert not is_live(page)


def test_a_refused_approval_is_not_recorded(staff: Client, bare: SubstancePage) -> None:
    by_workflow(staff, bare)
    bare.refresh_from_db()
    assert bare.current_workflow_task_state.status == "in_progress"
    assert bare.current_workflow_state.status == "in_progress"


def test_code_is_refused_too(bare: SubstancePage) -> None:
    with pytest.raises(PublishingRefusedError, match="frightened reader"):
        bare.get_latest_revision().publish()
    bare.live = True
    with pytest.raises(PublishingRefusedError):
        bare.save()
    assert not is_live(bare)


def test_a_copy_that_would_be_live_is_asked(staff: Client) -> None:
    page = SubstancePageFactory(title="Examplium")
    SubstancePage.objects.filter(pk=page.pk).update(emergency_do="")
    form = {
        "new_title": "Second",
        "new_slug": "second",
        "new_parent_page": str(page.get_parent().pk),
        "publish_copies": "on",
        "copy_subpages": "",
    }
    response = staff.post(reverse("wagtailadmin_pages:copy", args=[page.pk]), form, follow=True)
    assert EMERGENCY in says(response)
    assert not Page.objects.filter(slug="second").exists()


def test_on_its_date_it_is_dropped_and_told_and_the_next_goes_on(bare: SubstancePage, staff: Client) -> None:
    robin = User.objects.get(username="robin")
    fine = SubstancePageFactory(title="Fine", live=False)
    for page in (bare, fine):
        page.go_live_at = clock.now() + datetime.timedelta(hours=1)
        page.save_revision(user=robin).publish(user=robin)
    due = clock.now() - datetime.timedelta(minutes=1)
    for page in (bare, fine):
        revision = page.get_latest_revision()
        revision.approved_go_live_at = due
        revision.content["go_live_at"] = due.isoformat()
        revision.save()
    call_command("publish_scheduled")
    assert not is_live(bare)
    assert is_live(fine)
    assert not bare.revisions.filter(approved_go_live_at__isnull=False).exists()
    (letter,) = mail.outbox
    assert letter.to == ["robin@candour.example"]
    assert EMERGENCY in letter.body
    assert f"/admin/pages/{bare.pk}/edit/" in letter.body
    (item,) = [item for item in attention_items() if item.kind == "Not published on its date"]
    assert (item.title, EMERGENCY in item.text) == ("Bare", True)
    assert "Refused on its date" in PageLogEntry.objects.get(action="candour.publish.refused").message
    call_command("publish_scheduled")
    assert len(mail.outbox) == 1


def test_to_withdraw_is_never_refused(staff: Client) -> None:
    page = SubstancePageFactory(title="Examplium")
    SubstancePage.objects.filter(pk=page.pk).update(emergency_do="", summary=CLAIM)
    page = SubstancePage.objects.get(pk=page.pk)
    page.unpublish()
    assert not is_live(page)


def test_what_breaks_a_newer_rule_can_be_corrected_step_by_step() -> None:
    page = SubstancePageFactory(title="Examplium")
    SubstancePage.objects.filter(pk=page.pk).update(emergency_do="", emergency_signs="")
    page = SubstancePage.objects.get(pk=page.pk)
    page.summary = "Another word, and no new fault."
    page.explain(small=True)
    page.save_revision().publish()
    page.summary = CLAIM
    page.explain(small=True)
    with pytest.raises(PublishingRefusedError, match="perfectly safe"):
        page.save_revision().publish()
    page = SubstancePage.objects.get(pk=page.pk)
    page.emergency_do = "Call 999"
    page.explain(small=True)
    page.save_revision().publish()
    page.emergency_do = ""
    page.explain(small=True)
    with pytest.raises(PublishingRefusedError, match="frightened reader"):
        page.save_revision().publish()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Examplium is safe"),
        ("seo_title", CLAIM),
        ("search_description", CLAIM),
        ("change_note", "We now say that it is safe to take."),
        ("taking", "<p>A usual dose is 50mg.</p>"),
        ("emergency_do", "Call 999\nTake 50mg"),
    ],
)
def test_every_text_of_a_page_is_asked(field: str, value: str) -> None:
    page = SubstancePageFactory(title="Examplium", live=False)
    setattr(page, field, value)
    assert field in page.publishing_errors()


def test_the_rows_of_a_page_are_asked() -> None:
    page = SubstancePageFactory(title="Examplium", live=False)
    page.questions.set([Question(question="Is it?", answer=f"<p>{CLAIM}</p>")])
    assert "questions" in page.publishing_errors()


def test_names_that_people_use_and_titles_of_sources_are_not() -> None:
    page = SubstancePageFactory(title="Examplium", live=False, names=["safe to take 50mg"])
    page.search_keywords = "how to snort it"
    assert page.publishing_errors() == {}


def facts() -> list[tuple[Any, str]]:
    return [
        (Helpline.objects.all()[0], "what_for"),
        (Intent.objects.all()[0], "body"),
        (Interaction.objects.all()[0], "explanation"),
        (
            Alert(
                title="Pills",
                summary="Strong ones.",
                source_title="A laboratory",
                url="https://example.org/",
                effective_from=clock.today(),
                expires_on=clock.today() + datetime.timedelta(days=7),
            ),
            "summary",
        ),
    ]


@pytest.mark.parametrize("number", range(4))
def test_every_text_of_a_fact_is_asked_when_it_is_handed_in_and_by_code(staff: Client, number: int) -> None:
    fact, field = facts()[number]
    fact.save()
    edit = reverse(fact.snippet_viewset.get_url_name("edit"), args=[fact.pk])
    form = posted(staff.get(edit).content.decode())
    response = staff.post(edit, {**form, field: CLAIM, "action-submit": "1"})
    assert WHY in response.content.decode()
    assert fact.workflow_states.count() == 0
    setattr(fact, field, CLAIM)
    with pytest.raises(PublishingRefusedError, match="perfectly safe"):
        fact.save()


def test_a_snippet_without_drafts_is_asked_in_its_form_and_in_code() -> None:
    family = Family.objects.all()[0]
    family.description = CLAIM
    with pytest.raises(ValidationError, match="perfectly safe"):
        family.full_clean()
    with pytest.raises(PublishingRefusedError, match="perfectly safe"):
        family.save()


@pytest.mark.parametrize("kind", page_models(), ids=lambda kind: kind.__name__)
def test_no_page_type_goes_round_the_gate(kind: type[BasePage]) -> None:
    assert kind.publishing_errors is BasePage.publishing_errors
    assert kind.save is BasePage.save


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"duration_minutes": 0}, "duration_minutes"),
        ({"session_count": 0}, "session_count"),
        ({"next_review": datetime.date(2099, 1, 1)}, "next_review"),
        ({"overview": "<p>Just say that cannabis is safe.</p>"}, "overview"),
    ],
)
def test_a_pack_is_held_to_what_holds_for_every_page(changes: dict[str, Any], field: str) -> None:
    pack = LessonPackPageFactory(title="Pack", live=False)
    for name, value in changes.items():
        setattr(pack, name, value)
    assert field in pack.publishing_errors()
    with pytest.raises(PublishingRefusedError):
        pack.save_revision(clean=False).publish()


def test_everything_that_is_live_keeps_the_rules() -> None:
    pages = [page.specific for page in Page.objects.live().filter(depth__gt=1)]
    assert len(pages) > 120
    assert {page.title: found for page in pages if (found := page.publishing_errors())} == {}
    assert {page.title: found for page in pages if (found := warnings(page))} == {}, "none needs a reason"
    for model in (Helpline, Intent, Interaction):
        for row in model.objects.all():
            row.full_clean()


def test_texts_are_found_whatever_field_holds_them() -> None:
    names = {name for name, _ in texts_of(SubstancePage.objects.get(slug="ketamine"))}
    assert {"title", "summary", "taking", "emergency_do", "questions", "routes"} <= names
    assert not {"slug", "search_keywords", "citations", "names", "search_lists"} & names
