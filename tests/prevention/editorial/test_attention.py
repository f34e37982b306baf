"""What needs attention: dead links, law to verify, names of several drugs, records that nobody sees."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from prevention.editorial.attention import attention_items
from prevention.substances.models import Question, SubstancePage
from prevention.users.models import User
from tests.factories import (
    DAY,
    InteractionFactory,
    LegalStatusFactory,
    StandardPageFactory,
    SubstancePageFactory,
)

pytestmark = pytest.mark.django_db
Person = Callable[[str], User]
REPORT = "/admin/reports/attention/"


def told(kind: str, title: str) -> list[str]:
    """The sentences of one kind about a title."""
    return [item.text for item in attention_items() if (item.kind, item.title) == (kind, title)]


@pytest.fixture
def page() -> SubstancePage:
    made: SubstancePage = SubstancePageFactory(title="Examplium")
    return made


def write(page: SubstancePage, looks: str) -> None:
    """Publish the page with this text."""
    setattr(page, "looks", looks)  # noqa: B010  (its type is that of the field)
    page.explain(small=True)
    page.save_revision().publish()


def test_a_dead_link_loses_its_address_and_is_listed(page: SubstancePage, reader: Client) -> None:
    gone = StandardPageFactory(title="Gone", slug="gone")
    write(
        page, f'<p>See <a linktype="page" id="{gone.pk}">one page</a> or <a href="/gone/">the same</a>.</p>'
    )
    Question.objects.create(page=page, question="Is it?", answer='<p><a href="/gone/">Yes</a></p>')
    html = reader.get("/drugs/examplium/").content.decode()
    assert html.count('<a href="/gone/">') == 3
    assert told("Leads to a page that is gone", "Examplium") == []
    gone.unpublish()
    html = reader.get("/drugs/examplium/").content.decode()
    assert "/gone/" not in html
    assert "See one page or the same." in html
    kind = "Leads to a page that is gone"
    assert [text.partition(".")[0] for text in told(kind, "Examplium")] == [
        "The link on 'one page'",
        "The link on 'the same'",
        "The link on 'Yes'",
    ]


@pytest.mark.parametrize(
    "href",
    [
        "https://www.nhs.uk/",
        "tel:999",
        "/emergency/",
        "/drugs/ketamine/?name=ket#mixing",
        "/search/",
        "/api/v1/docs/",
    ],
)
def test_a_link_that_leads_somewhere_stays(page: SubstancePage, reader: Client, href: str) -> None:
    write(page, f'<p><a href="{href}">There</a></p>')
    assert f'<a href="{href}">There</a>' in reader.get("/drugs/examplium/").content.decode()
    assert told("Leads to a page that is gone", "Examplium") == []


def test_a_related_page_that_is_gone_is_left_out_and_listed(page: SubstancePage, reader: Client) -> None:
    topic = StandardPageFactory(title="A topic", slug="a-topic")
    topic.related.set([page])
    topic.explain(small=True)
    topic.save_revision().publish()
    assert "/drugs/examplium/" in reader.get("/a-topic/").content.decode()
    page.unpublish()
    response = reader.get("/a-topic/")
    assert response.status_code == 200
    assert "Examplium" not in response.content.decode()
    assert told("Leads to a page that is gone", "A topic") == ["'Examplium', under related."]


def test_law_that_nobody_has_verified_is_listed(page: SubstancePage) -> None:
    LegalStatusFactory(page=page, verified_on=None)
    (text,) = told("Law to verify", "Examplium")
    assert "Class B from 01 January 2020, The Example Order 2020." in text
    assert told("No law in force today", "Examplium") != []
    LegalStatusFactory(page=page, regime="psa", drug_class="")
    assert told("No law in force today", "Examplium") == []


def test_a_name_of_two_drugs_is_listed_until_both_say_so(page: SubstancePage) -> None:
    mine = SubstancePageFactory(title="Otherium", names=["zzname"]).names.get()
    SubstancePageFactory(title="Thirdium", names=["ZzName"])
    assert told("Name of several drugs", "zzname") or told("Name of several drugs", "ZzName")
    type(mine).objects.filter(name__iexact="zzname").update(ambiguous=True)
    assert not told("Name of several drugs", "zzname")


def test_a_mixing_record_that_nobody_sees_is_listed(page: SubstancePage) -> None:
    other = SubstancePageFactory(title="Otherium")
    InteractionFactory(first=page, second=other)
    assert told("Mixing record that nobody sees", "Examplium and Otherium") == []
    other.unpublish()
    assert told("Mixing record that nobody sees", "Examplium and Otherium") == ["Otherium: not published."]


def test_an_overdue_review_is_listed(page: SubstancePage, monkeypatch: pytest.MonkeyPatch) -> None:
    assert told("Review overdue", "Examplium") == []
    day = DAY + datetime.timedelta(days=365)
    monkeypatch.setattr(timezone, "localdate", lambda *args, **kwargs: day.replace(year=day.year + 1))
    assert told("Review overdue", "Examplium") == [f"It was due on {day:%d %B %Y}."]


@pytest.mark.parametrize("role", ["Editors", "Legal reviewers"])
def test_staff_find_the_report(client: Client, person: Person, page: SubstancePage, role: str) -> None:
    LegalStatusFactory(page=page, verified_on=None)
    client.force_login(person(role))
    html = client.get(REPORT).content.decode()
    assert "Law to verify" in html
    assert f"/admin/pages/{page.pk}/edit/" in html
    assert REPORT in client.get("/admin/").content.decode()


def test_readers_do_not(reader: Client) -> None:
    response = reader.get(REPORT)
    assert response.status_code == 302
    assert "sign" in response["Location"] or "login" in response["Location"]


def test_more_pages_do_not_make_more_queries(queries: Callable[[Callable[[], object]], int]) -> None:
    SubstancePageFactory(title="Examplium")
    before = queries(attention_items)
    SubstancePageFactory(title="Exampliumine")
    SubstancePageFactory(title="Exampliumone")
    assert queries(attention_items) == before
