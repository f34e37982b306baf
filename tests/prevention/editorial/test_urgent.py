"""The urgent route: one moderator now, with a reason; a second within a day, or it stands in red."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from wagtail.log_actions import registry

from prevention import clock
from prevention.core.scheduler import jobs
from prevention.editorial.attention import attention_items
from prevention.editorial.models import SignOffError, UrgentPublication
from prevention.editorial.urgent import publish_urgently
from prevention.users.models import User
from tests.facts import address, browser, changed, fact_of, form_of, fresh

Person = Callable[[str], User]
EDITORS, MODERATORS = "Editors", "Moderators"
NEW = "Marmalade under an umbrella"
REASON = "Three people are in hospital."
RED = "w-text-critical-200"


@pytest.fixture
def moderator(person: Person) -> User:
    return person(MODERATORS)


@pytest.fixture
def second(db: None) -> User:
    user = User.objects.create_user("second", password=None, email="second@candour.example")
    user.groups.add(Group.objects.get(name=MODERATORS))
    return user


@pytest.fixture
def draft(person: Person) -> Any:
    return changed(fact_of("helpline"), "what_for", NEW, person(EDITORS))


def publish(user: User, fact: Any, reason: str = REASON, **changes: Any) -> Any:
    data = {"revision": fresh(fact).latest_revision_id, "reason": reason, **changes}
    return browser(user).post(address(fact, "urgent"), data, follow=True)


def confirm(user: User, row: UrgentPublication) -> Any:
    return browser(user).post(reverse("confirm_urgent", args=[row.pk]), follow=True)


def says(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def only() -> UrgentPublication:
    return UrgentPublication.objects.get()


def make_overdue() -> None:
    UrgentPublication.objects.update(due_at=clock.now() - datetime.timedelta(minutes=1))


def test_it_is_live_at_once_and_a_confirmation_is_owed(moderator: User, draft: Any, reader: Client) -> None:
    page = browser(moderator).get(address(draft)).content.decode()
    assert address(draft, "urgent") in page
    assert 'name="action-publish"' not in page
    assert publish(moderator, draft).status_code == 200
    assert NEW in reader.get("/help/").content.decode()
    row = only()
    assert (row.user, row.reason, row.revision_id) == (moderator, REASON, fresh(draft).live_revision_id)
    assert row.due_at - row.at == pytest.approx(datetime.timedelta(days=1), abs=datetime.timedelta(minutes=1))
    assert REASON in registry.get_logs_for_instance(draft).get(action="candour.publish.urgent").message
    assert "A second person has to confirm it" in says(browser(moderator).get(address(draft)))


def test_it_needs_a_reason(moderator: User, draft: Any) -> None:
    assert "This field is required" in publish(moderator, draft, "  ").content.decode()
    assert fresh(draft).what_for != NEW
    with pytest.raises(SignOffError, match="Say why"):
        publish_urgently(fact=draft, revision_id=draft.latest_revision_id, user=moderator, reason=" ")


def test_what_was_not_read_is_not_published(moderator: User, draft: Any) -> None:
    read = draft.latest_revision_id
    changed(draft, "what_for", "Changed meanwhile.")
    assert "has changed since you opened it" in says(publish(moderator, draft, revision=read))
    assert UrgentPublication.objects.count() == 0


def test_the_rules_hold(moderator: User, draft: Any) -> None:
    changed(draft, "what_for", "Ketamine is perfectly safe.")
    assert "perfectly safe" in says(publish(moderator, draft))
    assert "safe" not in fresh(draft).what_for
    assert UrgentPublication.objects.count() == 0


def test_the_plain_button_is_no_way(moderator: User, draft: Any) -> None:
    for user in (moderator, User.objects.create_superuser("robin", "robin@candour.example", None)):
        client = browser(user)
        client.post(address(draft), {**form_of(client, draft), "action-publish": "1"})
        assert fresh(draft).what_for != NEW


def test_a_second_person_confirms(moderator: User, second: User, draft: Any, person: Person) -> None:
    publish(moderator, draft)
    for other, sentence in (
        (moderator, "You published this yourself"),
        (User.objects.get(username="editors"), "A moderator has to confirm"),
    ):
        assert sentence in says(confirm(other, only()))
        assert only().is_owed
    shown = says(browser(second).get(address(draft)))
    assert reverse("confirm_urgent", args=[only().pk]) in shown
    assert "You have confirmed" in says(confirm(second, only()))
    assert (only().confirmed_by, only().is_owed) == (second, False)
    assert "nothing to confirm" in says(confirm(second, only()))
    assert "published this urgently" not in says(browser(second).get(address(draft)))


def test_who_wrote_it_does_not_confirm_it(moderator: User, second: User) -> None:
    draft = changed(fact_of("helpline"), "what_for", NEW, second)
    publish(moderator, draft)
    assert "You wrote part of this text" in says(confirm(second, only()))


def test_what_is_overdue_is_red_on_every_moderators_home_and_goes_out_in_a_mail(
    moderator: User, second: User, draft: Any
) -> None:
    publish(moderator, draft)
    home = browser(second).get("/admin/").content.decode()
    assert REASON in home
    assert RED not in home
    call_command("remind_of_urgent")
    assert mail.outbox == []
    make_overdue()
    for user in (moderator, second):
        assert RED in browser(user).get("/admin/").content.decode()
    assert REASON not in browser(User.objects.get(username="editors")).get("/admin/").content.decode()
    assert [item.text for item in attention_items() if item.kind == "Published urgently"] == [
        f"Overdue: confirm or withdraw it. {REASON}"
    ]
    for _ in range(2):
        call_command("remind_of_urgent")
    (letter,) = mail.outbox
    assert letter.to == ["second@candour.example"]
    assert REASON in letter.body
    assert "/admin/reports/urgent/" in letter.body
    UrgentPublication.objects.update(told_at=clock.now() - datetime.timedelta(days=1))
    call_command("remind_of_urgent")
    assert len(mail.outbox) == 2
    confirm(second, only())
    assert RED not in browser(second).get("/admin/").content.decode()


def test_the_reminder_is_a_job_that_healthz_lists(reader: Client) -> None:
    assert "remind_of_urgent" in jobs()
    names = [row["name"] for row in reader.get("/healthz/").json()["jobs"]]
    assert "remind_of_urgent" in names


def test_the_report_lists_what_waits_with_its_button(moderator: User, second: User, draft: Any) -> None:
    publish(moderator, draft)
    report = reverse("urgent_publications")
    button = f'action="{reverse("confirm_urgent", args=[only().pk])}"'
    assert button in browser(second).get(report).content.decode()
    assert button not in browser(moderator).get(report).content.decode()
    confirm(second, only())
    assert "Confirmed by second" in browser(moderator).get(report).content.decode()


def test_a_second_urgent_text_gets_no_second_day(moderator: User, draft: Any) -> None:
    publish(moderator, draft)
    due = clock.now() + datetime.timedelta(hours=1)
    UrgentPublication.objects.update(due_at=due)
    changed(draft, "what_for", "Another text.", moderator)
    publish(moderator, draft)
    (row,) = UrgentPublication.objects.owed()
    assert row.due_at == due
    assert UrgentPublication.objects.count() == 2


def test_to_withdraw_is_possible_at_once_and_ends_what_is_owed(moderator: User, draft: Any) -> None:
    publish(moderator, draft)
    browser(moderator).post(address(draft, "unpublish"), {})
    assert not fresh(draft).live
    assert only().state == "Not live any more"


def test_what_is_live_already_is_not_published_again(moderator: User, draft: Any) -> None:
    publish(moderator, draft)
    assert "There is no draft to publish" in says(publish(moderator, draft))
    assert address(draft, "urgent") not in browser(moderator).get(address(draft)).content.decode()


def test_what_somebody_has_locked_is_theirs(moderator: User, second: User, draft: Any) -> None:
    draft.locked, draft.locked_by, draft.locked_at = True, second, clock.now()
    draft.save()
    assert "second has locked this" in says(publish(moderator, draft))
    assert fresh(draft).what_for != NEW
