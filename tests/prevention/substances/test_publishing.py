"""Publishing through the admin: a draft may be unfinished, what is published may not."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, rich_text

from prevention import clock
from prevention.core.models import Citation
from prevention.substances.models import SubstanceIndexPage, SubstancePage
from tests.factories import SubstancePageFactory
from tests.prevention.substances.conftest import Form

pytestmark = pytest.mark.django_db
PUBLISH = {"action-publish": "1"}


def add(admin: Client, data: dict[str, Any]) -> Any:
    """Send the form of a new substance."""
    index = SubstanceIndexPage.objects.get()
    return admin.post(reverse("wagtailadmin_pages:add", args=["substances", "substancepage", index.pk]), data)


def stored() -> SubstancePage | None:
    """Return the page with the slug of the form, or None."""
    return SubstancePage.objects.filter(slug="examplium").first()


def test_a_complete_page_is_published(admin: Client, form: Form, reader: Client) -> None:
    response = add(admin, form(**PUBLISH))
    assert response.status_code == 302, response.context["form"].errors
    page = stored()
    assert page is not None
    assert page.live
    assert "Each makes the other worse." in reader.get("/drugs/examplium/").content.decode()


def test_a_draft_may_be_unfinished(admin: Client, form: Form) -> None:
    response = add(admin, form(emergency_signs="", emergency_do="", citations=inline_formset([])))
    assert response.status_code == 302
    page = stored()
    assert page is not None
    assert not page.live


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"emergency_signs": ""}, "emergency_signs", "what a frightened reader needs first"),
        ({"emergency_do": " \n "}, "emergency_do", "what a frightened reader needs first"),
        (
            {"citations": inline_formset([])},
            "mixing",
            "Add a source for the section &#x27;Mixing it with other",
        ),
    ],
)
def test_an_unfinished_page_is_not_published_and_the_form_says_why(
    admin: Client, form: Form, changes: dict[str, Any], field: str, words: str
) -> None:
    response = add(admin, form(**changes, **PUBLISH))
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    assert words in response.content.decode()
    assert stored() is None


def test_a_source_for_a_section_that_does_not_exist_is_refused(admin: Client, form: Form) -> None:
    row = {"title": "A", "publisher": "B", "url": "https://www.nhs.uk/", "accessed": "2026-11-24"}
    both = inline_formset([{**row, "section": "mixing"}, {**row, "section": "mixxing"}])
    response = add(admin, form(citations=both, **PUBLISH))
    assert response.status_code == 200
    assert "No section is called mixxing" in str(response.context["form"].errors)
    assert stored() is None


def test_removing_the_last_source_of_a_risk_stops_publishing(admin: Client, form: Form) -> None:
    page = SubstancePageFactory(title="Examplium", mixing="<p>Each makes the other worse.</p>", live=False)
    citation = Citation.objects.get(page=page.pk)
    row = {
        "id": citation.pk,
        "section": "mixing",
        "title": "A",
        "publisher": "B",
        "url": "https://www.nhs.uk/",
        "accessed": "2026-11-24",
    }
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    gone = inline_formset([{**row, "DELETE": "on"}], initial=1)
    response = admin.post(address, form(citations=gone, **PUBLISH))
    assert response.status_code == 200
    assert "mixing" in response.context["form"].errors
    kept = inline_formset([row], initial=1)
    assert admin.post(address, form(citations=kept, **PUBLISH)).status_code == 302


def test_a_law_that_can_not_be_is_told_in_the_form(admin: Client, form: Form) -> None:
    row = {
        "regime": "psa",
        "drug_class": "B",
        "territory": "uk",
        "effective_from": "2020-01-01",
        "instrument": "An Act",
        "citation_url": "https://www.legislation.gov.uk/",
        "plain_words": "Words.",
        "verified_on": "2026-11-24",
        "checked_against": "The Act, on legislation.gov.uk",
    }
    response = add(admin, form(legal_statuses=inline_formset([row]), **PUBLISH))
    assert response.status_code == 200
    assert "Only the Misuse of Drugs Act has classes" in response.content.decode()


def test_review_dates_in_the_wrong_order_are_told_in_the_form(admin: Client, form: Form) -> None:
    page = SubstancePageFactory(title="Examplium", live=False)
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    response = admin.post(address, form(next_review=f"{page.last_reviewed}", **PUBLISH))
    assert response.context["form"].errors["next_review"] == ["The next review must come after the last one."]


def test_a_name_given_twice_is_told_in_the_form(admin: Client, form: Form) -> None:
    row = {"name": "exy", "kind": "street", "show_publicly": "on", "source": "The tests"}
    response = add(admin, form(names=inline_formset([row, row]), **PUBLISH))
    assert response.status_code == 200
    assert stored() is None


def test_what_is_pasted_is_cleaned(admin: Client, form: Form) -> None:
    add(admin, form(looks=rich_text('<p>White <a href="javascript:alert(1)">powder</a></p>'), **PUBLISH))
    page = stored()
    assert page is not None
    assert "powder" in page.looks
    assert "javascript" not in page.looks


def test_a_name_of_another_substance_is_told_after_saving(admin: Client, form: Form) -> None:
    SubstancePageFactory(title="Otherium", names=["zzname"])
    row = {"name": "ZZname", "kind": "street", "show_publicly": "on", "source": "The tests"}
    response = add(admin, form(names=inline_formset([row]), **PUBLISH))
    assert response.status_code == 302
    told = [str(message) for message in get_messages(response.wsgi_request)]
    assert any("'ZZname' is also a name of Otherium." in words for words in told)
    page = stored()
    assert page is not None
    assert page.live


def test_a_review_too_far_away_stops_publishing(admin: Client, form: Form) -> None:
    day = clock.today() + datetime.timedelta(days=4 * 366)
    response = add(admin, form(next_review=day.isoformat(), **PUBLISH))
    assert response.status_code == 200
    assert "three years from today" in str(response.context["form"].errors["next_review"])


def test_ways_looks_and_groups_are_edited_in_the_form(admin: Client, form: Form) -> None:
    group = SubstancePageFactory(title="Exampliums", is_group=True)
    data = form(routes=inline_formset([{"route": "snorting", "risk": "It hurts the nose."}]), **PUBLISH) | {
        "forms": ["powder", "pill"],
        "flags": ["medicine"],
        "groups": [str(group.pk)],
    }
    response = add(admin, data)
    assert response.status_code == 302, response.context["form"].errors
    page = stored()
    assert page is not None
    assert (page.forms, page.flags) == ("powder pill", "medicine")
    assert page.group_ids == [group.pk]
    assert [way.route for way in page.routes.all()] == ["snorting"]
