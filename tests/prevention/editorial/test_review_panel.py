"""The admin's home page says how many pages wait for a review."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from prevention.core.review import ReviewRow
from prevention.editorial import wagtail_hooks
from prevention.home.models import StandardPage
from prevention.users.models import User

Person = Callable[[str], User]


def row(title: str, *, starter: bool = False, overdue: bool = False) -> ReviewRow:
    return ReviewRow(
        title=title,
        edit_url=f"/admin/pages/{title}/edit/",
        next_review=dt.date(2026, 1, 31),
        is_starter=starter,
        is_overdue=overdue,
    )


@pytest.fixture
def home(client: Client, person: Person, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Return a function that renders the admin's home page for a role with these rows waiting."""

    def rendered(role: str, *rows: ReviewRow) -> str:
        monkeypatch.setattr(wagtail_hooks, "pages_to_review", lambda: list(rows))
        client.force_login(person(role))
        return client.get("/admin/").content.decode()

    return rendered


def test_it_counts_what_is_overdue_and_what_was_never_reviewed(home: Callable[..., str]) -> None:
    page = home(
        "Editors", row("a", overdue=True), row("b", starter=True), row("c", starter=True, overdue=True)
    )
    assert "Reviews overdue: <strong>2</strong>" in page
    assert "Starter content not yet clinically reviewed: <strong>2</strong>" in page
    assert 'href="/admin/pages/a/edit/"' in page
    assert "31 January 2026" in page


def test_who_may_not_edit_gets_no_links(home: Callable[..., str]) -> None:
    page = home("Analysts", row("a", overdue=True))
    assert "Reviews overdue: <strong>1</strong>" in page
    assert "/admin/pages/a/edit/" not in page


def test_a_long_queue_is_cut(home: Callable[..., str]) -> None:
    page = home("Editors", *(row(f"page{number}", starter=True) for number in range(12)))
    assert "And 2 more." in page
    assert "page9" in page
    assert "page10" not in page


def test_an_empty_queue_says_so(home: Callable[..., str]) -> None:
    assert "Nothing waits for a review." in home("Editors")


def test_what_waits_for_the_person_at_the_desk_stands_above_it(
    home: Callable[..., str], draft: StandardPage
) -> None:
    draft.get_workflow().start(draft, User.objects.create_superuser("robin"))
    page = home("Clinical reviewers", row("a", overdue=True))
    assert page.index("Awaiting your review") < page.index("Reviews overdue")
