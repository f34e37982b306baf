"""Taking a page down: a reason at every door, a tombstone on the site and in the API, a line in the list."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from prevention import clock
from prevention.core.change_log import withdrawal
from prevention.core.log_readers import follow_log
from prevention.core.models import Action, ContentChange
from prevention.editorial.models import Change
from prevention.home.models import StandardPage
from prevention.substances.models import Interaction, SubstancePage
from prevention.users.models import User
from tests.factories import InteractionFactory, StandardPageFactory, SubstancePageFactory
from tests.forms import posted

pytestmark = pytest.mark.django_db
REASON = "The advice in it is out of date."
ADDRESS, IN_API = "/drugs/examplium/", "/api/v1/substances/examplium"


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("robin", "robin@candour.example", None))
    return client


@pytest.fixture
def page() -> SubstancePage:
    made: SubstancePage = SubstancePageFactory(title="Examplium")
    made.save_revision().publish()
    return made


def last_line(page: Page) -> ContentChange:
    return ContentChange.objects.last_of([str(page.translation_key)])[str(page.translation_key)]


def by_form(staff: Client, page: Page) -> None:
    address = reverse("wagtailadmin_pages:unpublish", args=[page.pk])
    form = posted(staff.get(address).content.decode(), "//form[contains(@action, 'unpublish/')]")
    ketamine = SubstancePage.objects.get(slug="ketamine")
    staff.post(address, {**form, "reason": REASON, "replacement": ketamine.pk})


def by_bulk_action(staff: Client, page: Page) -> None:
    address = f"{reverse('wagtail_bulk_action', args=['wagtailcore', 'page', 'unpublish'])}?id={page.pk}"
    form = posted(staff.get(address).content.decode(), "//form[contains(@action, 'unpublish')]")
    ketamine = SubstancePage.objects.get(slug="ketamine")
    staff.post(f"{address}&next=/admin/", {**form, "reason": REASON, "replacement": ketamine.pk})


@pytest.mark.parametrize("door", [by_form, by_bulk_action])
def test_who_takes_a_page_down_says_why_and_what_to_read_instead(
    staff: Client, reader: Client, page: SubstancePage, door: Callable[[Client, Page], None]
) -> None:
    door(staff, page)
    gone = reader.get(ADDRESS)
    html = gone.content.decode()
    today = clock.today()
    assert gone.status_code == 410
    assert f"We took this page down on {today.day} {today:%B %Y}. {REASON}" in html
    assert 'Read instead: <a href="/drugs/ketamine/">' in html
    assert '<meta name="robots" content="noindex">' in html
    assert (gone.headers["Cache-Control"], gone.cookies) == ("no-cache", {})
    line = last_line(page)
    assert (line.old_address, line.action, line.hard) == (ADDRESS, Action.WITHDRAWN, True)
    body = reader.get(IN_API)
    assert body.status_code == 410
    assert body.json() == {
        "detail": f"We took this page down on {today.day} {today:%B %Y}.",
        "name": "Examplium",
        "withdrawn_on": today.isoformat(),
        "reason": REASON,
        "drop_by": body.json()["drop_by"],
        "replacement": {
            "slug": "ketamine",
            "name": "Ketamine",
            "url": "http://testserver/drugs/ketamine/",
            "api_url": "http://testserver/api/v1/substances/ketamine",
        },
    }
    assert datetime.datetime.fromisoformat(body.json()["drop_by"]) == line.drop_by
    follow_log()
    assert [row.note for row in Change.objects.filter(page=page.pk)] == [f"Taken down. {REASON}"]
    assert f"Taken down. {REASON}" in reader.get("/changes/").content.decode()


@pytest.mark.parametrize(
    ("reason", "says"),
    [("", "This field is required."), ("It said that 50mg is safe.", "Everybody will read this sentence.")],
)
@pytest.mark.parametrize("screen", ["one", "bulk"])
def test_a_reason_is_asked_for_and_nothing_typed_is_lost(
    staff: Client, page: SubstancePage, reason: str, says: str, screen: str
) -> None:
    ketamine = SubstancePage.objects.get(slug="ketamine")
    address = reverse("wagtailadmin_pages:unpublish", args=[page.pk])
    if screen == "bulk":
        address = f"{reverse('wagtail_bulk_action', args=['wagtailcore', 'page', 'unpublish'])}?id={page.pk}"
    again = staff.post(address, {"reason": reason, "replacement": ketamine.pk})
    html = again.content.decode()
    assert says in html
    assert f'value="{ketamine.pk}"' in html
    assert reason in html
    assert Page.objects.get(pk=page.pk).live


def by_schedule(page: Page) -> None:
    page.expire_at = clock.now() - datetime.timedelta(minutes=1)
    page.save()
    call_command("publish_scheduled")


@pytest.mark.parametrize(
    ("act", "sentence", "reason"),
    [
        (lambda page: page.unpublish(), "We took this page down on", "no reason was given."),
        (lambda page: page.delete(), "We took this page down on", "It was deleted."),
        (by_schedule, "This page ended on", "It was meant to end on this day."),
    ],
)
def test_a_door_that_can_not_ask_tells_a_plain_cause(
    reader: Client, act: Callable[[Page], None], sentence: str, reason: str
) -> None:
    page = StandardPageFactory(title="Quixotic")
    act(page)
    answers = reader.get("/quixotic/"), reader.get("/api/v1/topics/quixotic")
    assert [answer.status_code for answer in answers] == [410, 410]
    assert sentence in answers[0].content.decode()
    assert reason in answers[0].content.decode()
    assert reason in answers[1].json()["reason"]
    assert answers[1].json()["replacement"] is None


def test_what_is_below_goes_with_it_for_the_same_reason(staff: Client, reader: Client) -> None:
    above = StandardPageFactory(title="Above")
    StandardPageFactory(title="Below", parent=above)
    address = reverse("wagtailadmin_pages:unpublish", args=[above.pk])
    staff.post(address, {"reason": REASON, "include_descendants": "on"})
    for gone in ("/above/", "/above/below/"):
        answer = reader.get(gone)
        assert (answer.status_code, REASON in answer.content.decode()) == (410, True)


def test_a_page_that_comes_back_is_there_at_once(reader: Client, page: SubstancePage) -> None:
    page.unpublish()
    assert [reader.get(ADDRESS).status_code, reader.get(IN_API).status_code] == [410, 410]
    SubstancePage.objects.get(pk=page.pk).save_revision().publish()
    assert [reader.get(ADDRESS).status_code, reader.get(IN_API).status_code] == [200, 200]
    follow_log()
    assert [row.note for row in Change.objects.filter(page=page.pk).order_by("pk")] == [
        "Taken down. It was taken down, and no reason was given.",
        "It is back.",
    ]


def test_a_tombstone_is_kept_as_other_pages_are_and_never_confirmed_by_304(
    reader: Client, page: SubstancePage, queries: Callable[[Callable[[], object]], int]
) -> None:
    page.unpublish()
    gone = reader.get(ADDRESS)
    again = reader.get(ADDRESS, headers={"If-None-Match": gone.headers["ETag"]})
    assert (again.status_code, again.content) == (410, gone.content)
    assert queries(lambda: reader.get(ADDRESS)) == 1


def test_a_replacement_is_linked_only_while_it_is_public(reader: Client, page: SubstancePage) -> None:
    instead = StandardPageFactory(title="Instead")
    with withdrawal(reason=REASON, replacement=instead):
        page.unpublish()
    assert "Read instead" in reader.get(ADDRESS).content.decode()
    instead.unpublish()
    assert "Read instead" not in reader.get(ADDRESS).content.decode()
    assert reader.get(IN_API).json()["replacement"] is None


def test_records_on_mixing_are_kept_and_not_shown_meanwhile(reader: Client, page: SubstancePage) -> None:
    ketamine = SubstancePage.objects.get(slug="ketamine")
    InteractionFactory(first=ketamine, second=page)

    def shown() -> bool:
        return "examplium" in reader.get("/drugs/ketamine/").content.decode()

    assert shown()
    page.unpublish()
    assert not shown()
    assert reader.get("/api/v1/interactions", {"substance": "examplium"}).status_code == 400
    assert Interaction.objects.about([page.pk]).count() == 1
    SubstancePage.objects.get(pk=page.pk).save_revision().publish()
    assert shown()


def test_search_knows_nothing_of_what_was_taken_down(reader: Client, page: SubstancePage) -> None:
    page.unpublish()
    follow_log()
    assert ADDRESS not in reader.post("/search/", {"q": "examplium"}).content.decode()


def test_a_draft_has_no_tombstone(reader: Client) -> None:
    page = StandardPageFactory(title="Never seen", live=False)
    page.delete()
    assert reader.get("/never-seen/").status_code == 404
    assert not StandardPage.objects.filter(slug="never-seen").exists()
