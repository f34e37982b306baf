"""Facts outside pages are drafts until two other people have approved them, and are shown from then on."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from wagtail.models import TaskState
from wagtail.snippets.models import get_snippet_models

from prevention.core.models import Action, ContentChange, Cursor, Fact
from prevention.editorial.attention import attention_items
from prevention.editorial.models import SignOff, SignOffError
from prevention.editorial.roles import WORKFLOW
from prevention.help.models import Helpline
from prevention.substances.models import Interaction
from prevention.users.models import User
from tests.facts import KINDS, address, browser, changed, fact_of, form_of, fresh
from tests.forms import posted

Person = Callable[[str], User]
CLINICAL, LEGAL, EDITORS, MODERATORS = "Clinical reviewers", "Legal reviewers", "Editors", "Moderators"
NEW = "Marmalade under an umbrella"
FACTS = [model for model in get_snippet_models() if issubclass(model, Fact)]
APPROVE = {"action-workflow-action": "true", "workflow-action-name": "approve"}


@pytest.fixture
def administrator(db: None) -> Client:
    return browser(User.objects.create_superuser("robin", "robin@candour.example", None))


def step(fact: Any) -> str:
    state = fresh(fact).current_workflow_task_state
    return state.task.name if state else ""


def says(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def hand_in(fact: Any, field: str, user: User) -> Any:
    draft = changed(fact, field, NEW, user)
    draft.get_workflow().start(draft, user)
    return fresh(fact)


def approve(client: Client, fact: Any, **changes: Any) -> Any:
    """Press Approve in the editing form, as the browser sends it."""
    form = form_of(client, fact)
    return client.post(address(fact), {**form, **APPROVE, **changes}, follow=True)


def test_six_kinds_have_drafts_and_the_workflow(db: None) -> None:
    assert {model.__name__ for model in FACTS} == {
        "Alert", "Helpline", "Intent", "Interaction", "PenaltyProfile", "WordList",
    }  # fmt: skip
    assert [model.get_default_workflow().name for model in FACTS] == [WORKFLOW] * 6


# The form


@pytest.mark.parametrize("kind", KINDS)
def test_a_form_that_is_posted_unchanged_changes_nothing(administrator: Client, kind: str) -> None:
    fact = fact_of(kind)
    fields = [field.attname for field in fact._meta.concrete_fields if field.name not in NOTED]
    before = [getattr(fact, name) for name in fields]
    administrator.post(address(fact), form_of(administrator, fact))
    draft = fresh(fact).get_latest_revision_as_object()
    assert [getattr(draft, name) for name in fields] == before
    assert not fresh(fact).has_unpublished_changes


NOTED = {field.name for field in Fact._meta.local_fields}


@pytest.mark.parametrize("model", FACTS, ids=lambda model: model.__name__)
def test_an_unfinished_draft_is_kept_or_named_and_never_breaks(administrator: Client, model: Any) -> None:
    add = reverse(model.snippet_viewset.get_url_name("add"))
    response = administrator.post(add, {})
    assert response.status_code in {200, 302}
    count = model.objects.count()
    assert administrator.post(add, {"action-submit": "1"}).status_code == 200
    assert model.objects.count() == count, "what is not finished can not be handed in"


def test_the_first_change_can_be_compared_with_what_it_changed(administrator: Client) -> None:
    fact = fact_of("helpline")
    changed(fact, "what_for", NEW)
    first, second = fact.revisions.order_by("pk")
    assert first.as_object().what_for == fact.what_for
    assert second.as_object().what_for == NEW
    html = administrator.get(address(fact, "revisions_compare", first.pk, second.pk)).content.decode()
    assert "Marmalade" in html


def test_a_former_version_can_be_taken_back_as_a_draft(administrator: Client) -> None:
    fact = fact_of("helpline")
    first = changed(fact, "what_for", NEW).revisions.order_by("pk")[0]
    revert = address(fact, "revisions_revert", first.pk)
    form = posted(administrator.get(revert).content.decode())
    administrator.post(address(fact), {**form, "action-publish": "1"})
    assert fresh(fact).get_latest_revision_as_object().what_for == fact.what_for
    assert fresh(fact).live_revision_id == first.pk


def test_on_its_date_a_fact_that_may_not_be_published_is_dropped_and_told(person: Person) -> None:
    moderator = person(MODERATORS)
    User.objects.filter(pk=moderator.pk).update(email="kim@candour.example")
    fact = changed(fact_of("helpline"), "what_for", "Ketamine is perfectly safe.", moderator)
    due = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    revision = fact.latest_revision
    revision.approved_go_live_at = due
    revision.content["go_live_at"] = due.isoformat()
    revision.save()
    for _ in range(2):
        call_command("publish_scheduled")
    assert "safe" not in fresh(fact).what_for
    (letter,) = mail.outbox
    assert letter.to == ["kim@candour.example"]
    assert address(fact) in letter.body
    (item,) = [item for item in attention_items() if item.kind == "Not published on its date"]
    assert (item.edit_url, "perfectly safe" in item.text) == (address(fact), True)


def test_nobody_writes_over_what_was_handed_in(person: Person) -> None:
    fact, editor = fact_of("helpline"), person(EDITORS)
    fact = hand_in(fact, "what_for", editor)
    handed_in = fact.latest_revision
    draft = fact.get_latest_revision_as_object()
    draft.what_for = "Another text."
    again = draft.save_revision(user=editor, overwrite_revision=handed_in)
    assert again.pk != handed_in.pk
    handed_in.refresh_from_db()
    assert handed_in.content["what_for"] == NEW


# The review


@pytest.mark.parametrize("kind", ["mixing record", "alert", "list of words"])
def test_two_approvals_in_the_editor_publish_what_was_approved(person: Person, kind: str) -> None:
    fact, field = fact_of(kind), KINDS[kind][1]
    hand_in(fact, field, person(EDITORS))
    before = fact.revisions.count()
    approve(browser(person(CLINICAL)), fact)
    assert step(fact) == "Legal review"
    assert getattr(fresh(fact), field) != NEW
    approve(browser(person(LEGAL)), fact)
    assert (step(fact), getattr(fresh(fact), field)) == ("", NEW)
    assert fact.revisions.count() == before, "an approval makes no revision"
    rows = SignOff.objects.for_instance(fact).values_list("step", "role", "completes")
    assert list(rows) == [
        ("Clinical review", "One of the clinical reviewers", False),
        ("Legal review", "One of the legal reviewers", True),
    ]


@pytest.mark.parametrize("superuser", [False, True])
def test_nobody_approves_what_they_wrote(person: Person, superuser: bool) -> None:
    clinical = person(CLINICAL)
    User.objects.filter(pk=clinical.pk).update(is_superuser=superuser)
    clinical = User.objects.get(pk=clinical.pk)
    fact = changed(fact_of("helpline"), "what_for", "Begun by the reviewer.", clinical)
    fact = hand_in(fact, "what_for", person(EDITORS))
    approve(browser(clinical), fact)
    state = fresh(fact).current_workflow_task_state
    with pytest.raises(SignOffError, match="wrote part"):
        state.task.specific.on_action(state.specific, clinical, "approve")
    assert step(fact) == "Clinical review"


def test_text_that_comes_with_an_approval_is_a_draft_and_no_approval(person: Person) -> None:
    fact = hand_in(fact_of("helpline"), "what_for", person(EDITORS))
    response = approve(browser(person(CLINICAL)), fact, what_for="Changed by the reviewer.")
    assert "your decision was not recorded" in says(response)
    assert step(fact) == "Clinical review"
    assert fresh(fact).get_latest_revision_as_object().what_for == "Changed by the reviewer."


def test_a_decision_is_about_the_step_and_the_text_that_were_shown(person: Person) -> None:
    fact = hand_in(fact_of("helpline"), "what_for", person(EDITORS))
    both = person(CLINICAL)
    both.groups.add(*person(LEGAL).groups.all())
    other = User.objects.create_user("third", password=None, sign_off_role="A nurse")
    other.groups.set(Group.objects.filter(name=CLINICAL))
    old = form_of(browser(both), fact)
    approve(browser(other), fact)
    response = browser(both).post(address(fact), {**old, **APPROVE}, follow=True)
    assert "has been decided already" in says(response)
    assert step(fact) == "Legal review"
    old = form_of(browser(both), fact)
    changed(fact, "what_for", "Changed meanwhile.", User.objects.get(username="editors"))
    response = browser(both).post(address(fact), {**old, **APPROVE}, follow=True)
    assert "The text has changed since you opened it" in says(response)
    assert SignOff.objects.count() == 1


def test_an_autosave_runs_no_action(person: Person) -> None:
    fact = hand_in(fact_of("helpline"), "what_for", person(EDITORS))
    client = browser(person(CLINICAL))
    form = {**form_of(client, fact), **APPROVE}
    client.post(address(fact), form, headers={"Accept": "application/json"})
    assert step(fact) == "Clinical review"
    moderator = browser(person(MODERATORS))
    form = {**form_of(moderator, fact_of("card")), "body": NEW, "action-submit": "1"}
    moderator.post(address(fact_of("card")), form, headers={"Accept": "application/json"})
    assert step(fact_of("card")) == ""


def test_a_rejection_needs_a_reason_and_the_editor_sees_it(person: Person) -> None:
    editor, client = person(EDITORS), browser(person(CLINICAL))
    fact = hand_in(fact_of("helpline"), "what_for", editor)
    state = fact.current_workflow_task_state
    reject = address(fact, "workflow_action", "reject", state.pk)
    assert "Say what has to change" in says(client.post(reject, {"comment": " "}, follow=True))
    assert step(fact) == "Clinical review"
    client.post(reject, {"comment": "The number is wrong."})
    assert "The number is wrong." in says(browser(editor).get(address(fact)))


def test_what_may_not_be_published_is_refused_at_the_end_of_the_review(person: Person) -> None:
    fact, editor = fact_of("helpline"), person(EDITORS)
    draft = changed(fact, "what_for", "Ketamine is perfectly safe.", editor)
    draft.get_workflow().start(draft, editor)
    clinical, legal = browser(person(CLINICAL)), browser(person(LEGAL))
    assert "perfectly safe" in says(approve(clinical, fact))
    assert step(fact) == "Clinical review"
    # From the list of tasks, where there is no form.
    for client in (clinical, legal):
        state = fresh(fact).current_workflow_task_state
        decide = address(fact, "workflow_action", "approve", state.pk)
        response = client.post(decide, {"comment": ""}, follow=True)
    assert "perfectly safe" in says(response)
    assert step(fact) == "Legal review"


@pytest.mark.usefixtures("own_database")
def test_ten_at_once_make_one_approval() -> None:
    people = {}
    for role in (EDITORS, CLINICAL):
        people[role] = User.objects.create_user(role, password=None, sign_off_role=role)
        people[role].groups.add(Group.objects.get(name=role))
    fact = hand_in(fact_of("helpline"), "what_for", people[EDITORS])
    state = fact.current_workflow_task_state
    outcomes: list[str] = []

    def decide() -> None:
        try:
            mine = TaskState.objects.get(pk=state.pk)
            mine.task.specific.on_action(mine.specific, people[CLINICAL], "approve")
            outcomes.append("approved")
        except SignOffError as error:
            outcomes.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=decide) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = "This step has been decided already. Nothing was recorded twice."
    assert sorted(outcomes) == sorted(["approved", *[told] * 9])
    assert SignOff.objects.count() == 1


# What reviewers and editors see


@pytest.mark.parametrize("role", [EDITORS, CLINICAL, MODERATORS])
def test_who_writes_and_who_reviews_can_see_and_compare_it(person: Person, role: str) -> None:
    fact = hand_in(fact_of("mixing record"), "explanation", User.objects.create_superuser("author", "", None))
    client = browser(person(role))
    revision = fact.latest_revision_id
    for view, args in (
        ("edit", ()),
        ("preview_on_edit", ()),
        ("revisions_view", (revision,)),
        ("revisions_compare", ("live", revision)),
    ):
        assert client.get(address(fact, view, *args)).status_code == 200, view


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("mixing record", "/drugs/ketamine/"),
        ("helpline", "/help/"),
        ("card", "Above the results of every search"),
        ("penalty", "/drugs/cannabis/"),
        ("alert", "it stands on every page"),
    ],
)
def test_a_preview_shows_how_it_looks_and_where(administrator: Client, kind: str, shown: str) -> None:
    fact, field = fact_of(kind), KINDS[kind][1]
    form = {**form_of(administrator, fact), field: NEW}
    preview = address(fact, "preview_on_edit")
    assert administrator.post(preview, form).json() == {"is_valid": True, "is_available": True}
    response = administrator.get(preview)
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in response.headers["Content-Security-Policy"]
    html = response.content.decode()
    assert NEW in html
    assert shown in html.partition("Where it is shown")[2]


def test_an_unfinished_new_record_has_a_preview(administrator: Client) -> None:
    for model in FACTS:
        preview = reverse(model.snippet_viewset.get_url_name("preview_on_add"))
        assert administrator.get(preview).status_code == 200, model


def test_the_list_says_what_is_live_a_draft_or_in_review(person: Person, administrator: Client) -> None:
    hand_in(fact_of("helpline"), "what_for", person(EDITORS))
    changed(Helpline.objects.get(code="childline"), "what_for", NEW)
    html = administrator.get(reverse("wagtailsnippets_help_helpline:list")).content.decode()
    assert "live + in review" in html
    assert "live + draft" in html


# What readers and partners see


WHERE_FACTS_SHOW = (
    "/",
    "/help/",
    "/drugs/ketamine/",
    "/drugs/alcohol/",
    "/drugs/cannabis/",
    "/drugs/mixing/?drug=alcohol&drug=ketamine",
    "/api/v1/helplines",
    "/api/v1/interactions",
    "/api/v1/substances/ketamine",
    "/api/v1/substances/cannabis",
)


@pytest.fixture
def shown(reader: Client) -> Callable[[str], bool]:
    """Return a function: does any page, list, search or answer of the API have this text?"""

    def anywhere(text: str) -> bool:
        answers = [reader.get(where) for where in WHERE_FACTS_SHOW]
        for words in ("overdose", "ketamine and alcohol", NEW):
            answers.append(reader.post("/search/", {"q": words}))
            answers.append(reader.get("/api/v1/search", {"q": words}))
        assert {answer.status_code for answer in answers} == {200}
        # The box of the search shows what was typed.
        return any(text in answer.content.decode().replace(f'value="{text}"', "") for answer in answers)

    return anywhere


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "list of words"])
def test_a_draft_is_shown_nowhere_and_a_publication_and_a_withdrawal_everywhere(
    shown: Callable[[str], bool], kind: str
) -> None:
    fact, field = fact_of(kind), KINDS[kind][1]
    old = str(getattr(fact, field))[:40].replace("'", "&#x27;")
    start = Cursor.present()
    fact = changed(fact, field, "Quince on a trampoline")
    assert not shown("Quince on a trampoline")
    assert shown(old)
    assert ContentChange.objects.since(start).count() == 0, "the log tells of nothing that nobody sees"
    fact.latest_revision.publish()
    assert shown("Quince on a trampoline")
    fresh(fact).unpublish()
    assert not shown("Quince on a trampoline")
    mine = ContentChange.objects.since(start).filter(kind=fact._meta.model_name)
    assert [(row.action, row.hard) for row in mine] == [
        (Action.UPDATED, fact.hard),
        (Action.WITHDRAWN, True),
    ]
    middle = Cursor.present()
    fresh(fact).latest_revision.publish()
    assert ContentChange.objects.since(middle)[0].action == Action.RESTORED


def test_a_draft_of_a_list_of_words_is_not_searched_with(reader: Client) -> None:
    fact = fact_of("list of words")
    before = reader.get("/api/v1/search", {"q": "ketamime"}).json()
    fact = changed(fact, "words", f"{fact.words}\nketamime")
    assert reader.get("/api/v1/search", {"q": "ketamime"}).json() == before
    fact.latest_revision.publish()
    assert reader.get("/api/v1/search", {"q": "ketamime"}).json() != before


def test_what_was_never_published_is_shown_nowhere(shown: Callable[[str], bool]) -> None:
    for kind in ("mixing record", "helpline", "card", "penalty"):
        fact = fact_of(kind)
        fact.unpublish()
        draft = fresh(fact)
        setattr(draft, KINDS[kind][1], "Quince on a trampoline")
        draft.save()
    assert not shown("Quince on a trampoline")
    assert Interaction.objects.filter(explanation="Quince on a trampoline").exists()
