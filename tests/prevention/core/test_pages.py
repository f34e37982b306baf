"""The base page, the review queue, the registry of changes, our system checks, the admin's search box."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from wagtail.models import Page

from prevention import clock
from prevention.core import checks
from prevention.core.review import page_models, pages_to_review
from prevention.home.models import StandardPage
from prevention.substances.models import SubstancePage
from tests.factories import StandardPageFactory
from tests.reviews import signed

pytestmark = pytest.mark.django_db
NASTY = ['"', 'ket"', 'foo"bar', "\x00", "   ", "-", "* OR", "a" * 5000]


@pytest.mark.parametrize(
    ("last", "following", "message"),
    [
        (datetime.date(2026, 1, 1), datetime.date(2026, 1, 1), "must come after"),
        (datetime.date(2026, 1, 1), datetime.date(2029, 2, 1), "within three years"),
    ],
)
def test_review_dates_must_make_sense(last: datetime.date, following: datetime.date, message: str) -> None:
    page = StandardPage.objects.get(slug="about")
    page.last_reviewed, page.next_review = last, following
    with pytest.raises(ValidationError, match=message):
        page.full_clean()


def test_the_queue_has_starter_content_and_what_is_overdue_first() -> None:
    today = clock.today()
    signed(StandardPageFactory(title="Late", next_review=today - datetime.timedelta(days=1)), "Nurse")
    signed(StandardPageFactory(title="In time", next_review=today), "Nurse")
    rows = pages_to_review()
    assert (rows[0].title, rows[0].is_overdue, rows[0].is_starter) == ("Late", True, False)
    assert "In time" not in [row.title for row in rows]
    assert {"Ketamine", "Cannabis"} <= {row.title for row in rows if row.is_starter}
    assert rows[0].edit_url.startswith("/admin/pages/")


def test_a_source_that_backs_several_sections_has_one_number() -> None:
    rows = SubstancePage.objects.get(slug="ketamine").numbered_sources
    assert [row["number"] for row in rows] == list(range(1, len(rows) + 1))
    assert len({row["url"] for row in rows}) == len(rows)
    assert any(len(row["sections"]) > 1 for row in rows)


def test_every_page_type_passes_our_checks() -> None:
    assert len(page_models()) == 11
    assert checks.page_types(None) == []


@pytest.mark.parametrize(
    ("attribute", "value", "number"),
    [
        ("kind", "", "candour.E002"),
        ("template", "nothing/of_the_kind.html", "candour.E004"),
        ("api_detail", "api:nothing", "candour.E006"),
        ("api_detail", None, "candour.E007"),
        ("search_text", property(lambda self: ""), None),
    ],
)
def test_the_checks_can_fail(
    monkeypatch: pytest.MonkeyPatch, attribute: str, value: Any, number: str | None
) -> None:
    from prevention.core.models import BasePage

    if number is None:
        value, number = BasePage.search_text, "candour.E003"
    monkeypatch.setattr(StandardPage, attribute, value)
    assert [problem.id for problem in checks.page_types(None)] == [number]


def test_a_page_type_without_review_fields_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    class Handler:
        def get_form_options(self) -> dict[str, Any]:
            return {"fields": ["title"]}

    monkeypatch.setattr(StandardPage, "get_edit_handler", classmethod(lambda cls: Handler()))
    assert [problem.id for problem in checks.page_types(None)] == ["candour.E005"]


def test_a_page_type_of_another_kind_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prevention.core.models.BasePage", type("AnotherBase", (), {}))
    assert {problem.id for problem in checks.page_types(None)} == {"candour.E001"}


@pytest.mark.parametrize("text", NASTY)
def test_the_admin_search_box_survives_anything(text: str) -> None:
    list(Page.objects.search(text))
    list(Page.objects.autocomplete(text))
    list(SubstancePage.objects.search(text, fields=["title"]))


def test_the_admin_search_box_finds_pages() -> None:
    assert "Ketamine" in [page.title for page in Page.objects.search("ketamine")]
    assert "Ketamine" in [page.title for page in Page.objects.autocomplete("ketam")]


@pytest.mark.parametrize("slug", ["caf\u00e9", "a_b", "a--b", "A", "a" * 61])
def test_a_slug_that_a_count_can_not_hold_is_refused(slug: str) -> None:
    page = StandardPage.objects.get(slug="about")
    page.slug = slug
    with pytest.raises(ValidationError, match="slug"):
        page.full_clean()
