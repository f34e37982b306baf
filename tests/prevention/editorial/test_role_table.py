"""Every role tries every action in the admin. What happened is the table in docs/roles.md."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from wagtail.models import Page, Revision

from prevention import clock
from prevention.editorial.models import UrgentPublication
from prevention.editorial.roles import ROLES
from prevention.home.models import HomePage, StandardPage
from prevention.users.models import User
from tests import facts
from tests.factories import StandardPageFactory, SubstancePageFactory
from tests.forms import Fields, posted

TABLE = Path(__file__).parents[3] / "docs" / "roles.md"
ADMINISTRATORS = "Administrators"
NAMES = [*(role.name for role in ROLES), ADMINISTRATORS]
INTRODUCTION = """# Who may do what

Held by `tests/prevention/editorial/test_role_table.py`. It tries each action in the admin as somebody
who has that role and no other, and looks at what became of it. Administrators are superusers. Facts outside
pages are mixing records, helplines, cards, penalties, alerts and lists of words.

"""


def somebody(role: str, name: str = "") -> User:
    """Return a new person with one role, who has one to sign with as well."""
    user = User.objects.create_user(
        name or f"one of {role}", password=None, sign_off_role="A role", is_superuser=role == ADMINISTRATORS
    )
    user.groups.set(Group.objects.filter(name=role))
    return user


class Desk:
    """Somebody at their desk, a page to work on, and an administrator who can open every form."""

    def __init__(self, role: str, *, live: bool = False) -> None:
        self.user = somebody(role)
        self.client = browser(self.user)
        self.administrator = browser(somebody(ADMINISTRATORS, "the administrator"))
        self.editor = somebody("Editors", "the editor")
        self.page: StandardPage = StandardPageFactory(
            title="A page", slug="a-page", live=live, next_review=clock.today() + datetime.timedelta(days=400)
        )
        self.page.save_revision(user=self.editor)

    @property
    def now(self) -> StandardPage:
        return StandardPage.objects.get(pk=self.page.pk)

    def send(self, view: str, form: Fields, *args: Any, **button: Any) -> None:
        self.client.post(reverse(view, args=args), {**form, **button})

    def form(self, view: str, *args: Any) -> Fields:
        return posted(self.administrator.get(reverse(view, args=args)).content.decode())

    def save(self, **fields: Any) -> None:
        """Post the editing form of the page as an administrator would load it."""
        edit = "wagtailadmin_pages:edit"
        self.send(edit, self.form(edit, self.page.pk), self.page.pk, **fields)

    def approve(self, user: User | None = None) -> None:
        state = self.now.current_workflow_task_state
        client = browser(user) if user else self.client
        client.post(
            reverse("wagtailadmin_pages:workflow_action", args=[self.page.pk, "approve", state.pk]),
            {"comment": ""},
        )


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


# Each tries one thing, and returns whether it had its effect.


def enter(role: str) -> bool:
    return bool(Desk(role).client.get(reverse("wagtailadmin_home")).status_code == 200)


def add(role: str) -> bool:
    desk = Desk(role)
    where = ("home", "standardpage", HomePage.objects.get().pk)
    form = desk.form("wagtailadmin_pages:add", *where)
    desk.send(
        "wagtailadmin_pages:add",
        form,
        *where,
        title="New",
        slug="new",
        summary="S.",
        theme="about",
        body="null",
    )
    return Page.objects.filter(slug="new").exists()


def write(role: str) -> bool:
    desk = Desk(role)
    desk.save(title="Written")
    return bool(desk.now.get_latest_revision_as_object().title == "Written")


def change_names_for_search(role: str) -> bool:
    desk = Desk(role)
    page = SubstancePageFactory(title="Examplium")
    desk.send("search_lists_add", {}, page.pk, names="zzexy", kind="street", source="A list")
    return page.revisions.exists()


def hand_in(role: str) -> bool:
    desk = Desk(role)
    desk.save(**{"action-submit": "1"})
    return desk.now.current_workflow_state is not None


def approve_facts(role: str) -> bool:
    desk = Desk(role)
    desk.page.get_workflow().start(desk.page, desk.editor)
    desk.approve()
    return bool(desk.now.current_workflow_task_state.task.name == "Legal review")


def approve_law(role: str) -> bool:
    desk = Desk(role)
    desk.page.get_workflow().start(desk.page, desk.editor)
    desk.approve(somebody("Clinical reviewers", "the clinical reviewer"))
    desk.approve()
    return bool(desk.now.live)


def publish(role: str) -> bool:
    desk = Desk(role)
    desk.save(**{"action-publish": "1"})
    return bool(desk.now.live)


def publish_in_bulk(role: str) -> bool:
    desk = Desk(role)
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    desk.client.post(f"{address}?id={desk.page.pk}&next=/admin/", {})
    return bool(desk.now.live)


def schedule(role: str) -> bool:
    desk = Desk(role)
    later = clock.local_now() + datetime.timedelta(days=30)
    desk.save(**{"go_live_at": f"{later:%Y-%m-%d %H:%M}", "action-publish": "1"})
    return Revision.objects.for_instance(desk.now).filter(approved_go_live_at__isnull=False).exists()


def unpublish(role: str) -> bool:
    desk = Desk(role, live=True)
    desk.send("wagtailadmin_pages:unpublish", {"reason": ["It is being mended."]}, desk.page.pk)
    return not desk.now.live


def delete(role: str) -> bool:
    desk = Desk(role, live=True)
    desk.send("wagtailadmin_pages:delete", {}, desk.page.pk)
    return not StandardPage.objects.filter(pk=desk.page.pk).exists()


# Facts outside pages: the same holds for all six kinds.


class FactDesk:
    """Somebody at their desk, a fact of one kind to work on, and perhaps a draft of an editor's."""

    def __init__(self, role: str, kind: str = "helpline", *, draft: bool = False) -> None:
        self.user = somebody(role, f"{role}, {kind}")
        self.client = browser(self.user)
        self.administrator = browser(somebody(ADMINISTRATORS, f"the administrator, {kind}"))
        self.editor = somebody("Editors", f"the editor, {kind}")
        self.field = facts.KINDS[kind][1]
        self.fact = facts.fact_of(kind)
        if draft:
            self.fact = facts.changed(self.fact, self.field, "Changed words.", self.editor)

    @property
    def is_live(self) -> bool:
        return bool(getattr(facts.fresh(self.fact), self.field) == "Changed words.")

    def save(self, **fields: Any) -> None:
        """Post the editing form of the fact as an administrator would load it."""
        form = facts.form_of(self.administrator, self.fact)
        self.client.post(facts.address(self.fact), {**form, **fields})

    def review(self, *people: User) -> str:
        """Hand the draft in, let `people` and then the one at the desk approve it; return the next step."""
        self.fact.get_workflow().start(self.fact, self.editor)
        for client in (*map(browser, people), self.client):
            state = facts.fresh(self.fact).current_workflow_task_state
            client.post(facts.address(self.fact, "workflow_action", "approve", state.pk), {"comment": ""})
        state = facts.fresh(self.fact).current_workflow_task_state
        return state.task.name if state else ""

    def publish_urgently(self, client: Client) -> None:
        data = {"revision": facts.fresh(self.fact).latest_revision_id, "reason": "It is urgent."}
        client.post(facts.address(self.fact, "urgent"), data)


def propose(role: str) -> bool:
    outcomes = set()
    for kind in facts.KINDS:
        desk = FactDesk(role, kind)
        desk.save(**{desk.field: "Changed words."})
        draft = facts.fresh(desk.fact).get_latest_revision_as_object()
        outcomes.add(getattr(draft, desk.field) == "Changed words.")
        assert not desk.is_live
    assert len(outcomes) == 1, "what holds for one kind of facts holds for all"
    return outcomes.pop()


def hand_in_fact(role: str) -> bool:
    desk = FactDesk(role, draft=True)
    desk.save(**{"action-submit": "1"})
    return facts.fresh(desk.fact).current_workflow_state is not None


def approve_fact(role: str) -> bool:
    return FactDesk(role, draft=True).review() == "Legal review"


def approve_law_of_fact(role: str) -> bool:
    desk = FactDesk(role, draft=True)
    desk.review(somebody("Clinical reviewers", "the clinical reviewer"))
    return desk.is_live


def publish_fact(role: str) -> bool:
    desk = FactDesk(role, draft=True)
    desk.save(**{"action-publish": "1"})
    return desk.is_live


def publish_fact_urgently(role: str) -> bool:
    desk = FactDesk(role, draft=True)
    desk.publish_urgently(desk.client)
    return desk.is_live


def confirm_fact(role: str) -> bool:
    desk = FactDesk(role, draft=True)
    desk.publish_urgently(desk.administrator)
    desk.client.post(reverse("confirm_urgent", args=[UrgentPublication.objects.get().pk]))
    return bool(UrgentPublication.objects.get().confirmed_by == desk.user)


def withdraw_fact(role: str) -> bool:
    desk = FactDesk(role)
    desk.client.post(facts.address(desk.fact, "unpublish"), {})
    return not facts.fresh(desk.fact).live


def read_snippets(role: str) -> bool:
    address = reverse("wagtailsnippets_substances_interaction:list")
    return bool(Desk(role).client.get(address).status_code == 200)


def reads(address: str) -> Callable[[str], bool]:
    return lambda role: bool(Desk(role).client.get(address).status_code == 200)


ACTIONS: dict[str, Callable[[str], bool]] = {
    "enter the admin": enter,
    "add a page": add,
    "write a draft": write,
    "change the names for search alone": change_names_for_search,
    "hand a page in": hand_in,
    "approve the facts of somebody else's page": approve_facts,
    "approve the law of somebody else's page": approve_law,
    "publish without a review": publish,
    "publish in bulk": publish_in_bulk,
    "publish on a date": schedule,
    "withdraw a page": unpublish,
    "delete a page": delete,
    "read mixing records": read_snippets,
    "propose a change of a fact outside pages": propose,
    "hand a fact in": hand_in_fact,
    "approve somebody else's fact": approve_fact,
    "approve the law of somebody else's fact": approve_law_of_fact,
    "publish a fact without a review": publish_fact,
    "publish a fact urgently, with a reason": publish_fact_urgently,
    "confirm a fact that somebody else published urgently": confirm_fact,
    "withdraw a fact": withdraw_fact,
    "see what needs attention": reads("/admin/reports/attention/"),
    "see the scheduled jobs": reads("/admin/reports/jobs/"),
    "see the users": reads("/admin/users/"),
    "change the site's address": reads("/admin/sites/"),
}


def written() -> dict[str, dict[str, bool]]:
    """Return {action: {role: allowed}} as docs/roles.md has it."""
    rows = [line.strip("| ").split(" | ") for line in TABLE.read_text().splitlines() if line.startswith("| ")]
    roles = rows[0][1:]
    return {
        row[0]: {name: cell == "yes" for name, cell in zip(roles, row[1:], strict=True)} for row in rows[1:]
    }


@pytest.mark.django_db
@pytest.mark.parametrize("role", NAMES)
@pytest.mark.parametrize("action", ACTIONS)
def test_a_role_may_do_what_the_table_says(action: str, role: str) -> None:
    may = ACTIONS[action](role)
    assert may == written()[action][role], f"{TABLE.name} is to say {'yes' if may else 'no'} there."


def test_the_table_has_every_role_and_every_action() -> None:
    table = written()
    assert list(table) == list(ACTIONS)
    assert all(list(row) == NAMES for row in table.values())
    assert TABLE.read_text() == page_of(table)


def page_of(table: dict[str, dict[str, bool]]) -> str:
    """Return the text of docs/roles.md."""
    head = f"| action | {' | '.join(NAMES)} |\n|{'---|' * (len(NAMES) + 1)}\n"
    rows = [
        f"| {action} | {' | '.join('yes' if row[name] else 'no' for name in NAMES)} |\n"
        for action, row in table.items()
    ]
    return INTRODUCTION + head + "".join(rows)
