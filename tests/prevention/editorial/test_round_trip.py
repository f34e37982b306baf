"""A form that is posted as it was loaded changes nothing: every page type, as the starter made it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from wagtail.models import Page

from prevention.core.models import BasePage
from prevention.core.review import page_models
from prevention.substances.models import SubstancePage
from prevention.users.models import User
from tests.forms import posted

pytestmark = pytest.mark.django_db
MOST_QUERIES = 50


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("robin", "robin@candour.example", None))
    return client


def reloaded(staff: Client, page: Page) -> list[str]:
    """Load the form of a page, post it unchanged, and return the fields that count as changed."""
    form = posted(staff.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode())
    draft = page.get_latest_revision_as_object()
    form_class = draft.get_edit_handler().get_form_class()
    data = Client().post("/", form).wsgi_request.POST
    bound = form_class(
        data, instance=draft, parent_page=draft.get_parent(), for_user=User.objects.get(username="robin")
    )
    assert bound.is_valid(), bound.errors
    rows = [
        f"{name}: {row.changed_data}"
        for name, formset in bound.formsets.items()
        for row in formset.forms
        if row.has_changed()
    ]
    return [*bound.changed_data, *rows]


@pytest.mark.parametrize("model", page_models(), ids=lambda model: model.__name__)
def test_what_the_starter_made_is_unchanged(staff: Client, model: type[BasePage]) -> None:
    page = model.objects.live().order_by("pk").first()
    assert page is not None
    assert reloaded(staff, page) == []


@pytest.mark.parametrize("slug", ["cannabis", "kava", "drug-driving", "festivals"])
def test_large_and_plain_pages_are_unchanged(staff: Client, slug: str) -> None:
    assert reloaded(staff, Page.objects.get(slug=slug).specific) == []


def test_what_an_editor_has_saved_is_unchanged_and_keeps_the_names_of_its_paragraphs(staff: Client) -> None:
    page = SubstancePage.objects.get(slug="kava")
    form = posted(staff.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode())
    staff.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), {**form, "action-publish": "1"})
    page.refresh_from_db()
    assert page.change_note == "First version.", "nothing has changed: what was said of it stands"
    assert "data-block-key" in page.looks
    assert reloaded(staff, page) == []
    assert "data-block-key" not in Client().get(page.url).content.decode()
    assert "data-block-key" not in Client().get("/api/v1/substances/kava").content.decode()
    assert "block" not in page.search_text()


def test_the_order_of_codes_is_that_of_the_list() -> None:
    page = SubstancePage.objects.get(slug="ketamine")
    page.forms = "pill powder"
    page.explain(small=True)
    page.save()
    again = "powder pill"
    page.forms = again
    page.save()
    first = SubstancePage.objects.get(slug="ketamine").forms
    page.forms = "pill powder"
    page.save()
    assert SubstancePage.objects.get(slug="ketamine").forms == first


def test_the_section_of_a_source_is_chosen_from_a_list(staff: Client) -> None:
    page = SubstancePage.objects.get(slug="kava")
    html = staff.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    # The fields of a row that is opened are made from this template (js/rows.js).
    new_row = html.partition('id="id_citations-EMPTY_FORM_TEMPLATE"')[2].partition("</template>")[0]
    assert re.search(r'<select[^>]*name="citations-__prefix__-section"', new_row)
    assert ">Risks now<" in new_row
    form = posted(html)
    for number, citation in enumerate(page.citations.all()[:5]):
        assert form[f"citations-{number}-section"] == [citation.section]
        assert f'<option value="{citation.section}">' in new_row


def test_rows_are_named_by_what_they_hold(staff: Client) -> None:
    page = SubstancePage.objects.get(slug="kava")
    html = staff.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    for row in (page.names.first(), page.citations.first(), page.routes.first(), page.questions.first()):
        assert f"</span>: {escape(str(row))}</span>" in html


def test_a_row_with_a_mistake_is_open_and_says_it(staff: Client) -> None:
    address = reverse("wagtailadmin_pages:edit", args=[SubstancePage.objects.get(slug="kava").pk])
    form = posted(staff.get(address).content.decode())
    html = staff.post(address, {**form, "citations-0-url": "no address"}).content.decode()
    row = html.partition('id="inline_child_citations-0"')[2].partition('id="inline_child_citations-1"')[0]
    assert "data-folded" not in row
    assert 'id="id_citations-0-url_error"' in row
    assert "Enter a valid URL." in row


def test_the_longest_form_stays_small(staff: Client, queries: Callable[[Callable[[], Any]], int]) -> None:
    address = reverse("wagtailadmin_pages:edit", args=[SubstancePage.objects.get(slug="cannabis").pk])
    answer = staff.get(address)
    assert len(answer.content) < 700_000
    assert queries(lambda: staff.get(address)) <= MOST_QUERIES


def test_a_section_that_is_no_longer_in_the_list_stays(staff: Client) -> None:
    page = Page.objects.get(slug="festivals").specific
    citation = page.citations.first()
    assert citation is not None
    type(citation).objects.filter(pk=citation.pk).update(section="former_section")
    assert reloaded(staff, Page.objects.get(slug="festivals").specific) == []
