"""Fixtures of the tests of substances: an editor's browser, and the form of a page as a browser sends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from prevention.users.models import User

Form = Callable[..., dict[str, Any]]


@pytest.fixture
def admin(db: None) -> Client:
    """The browser of a person who may publish."""
    client = Client()
    client.force_login(User.objects.create_superuser("robin", "robin@candour.example", None))
    return client


@pytest.fixture
def form() -> Form:
    """Return a function that gives a complete form of a substance, with changes."""

    def filled(**changes: Any) -> dict[str, Any]:
        citation = {
            "section": "mixing",
            "title": "A study",
            "publisher": "NHS",
            "url": "https://www.nhs.uk/",
            "accessed": "2026-11-24",
        }
        data: dict[str, Any] = {
            "title": "Examplium",
            "slug": "examplium",
            "summary": "An invented drug for the tests.",
            "emergency_signs": "They do not wake up",
            "emergency_do": "Call 999",
            "mixing": rich_text("<p>Each makes the other worse.</p>"),
            "names": inline_formset([]),
            "routes": inline_formset([]),
            "legal_statuses": inline_formset([]),
            "questions": inline_formset([]),
            "citations": inline_formset([citation]),
            "comments": inline_formset([]),
        }
        return dict(nested_form_data({**data, **changes}))

    return filled
