"""A copy, as every new page, has to answer for itself what is known of mixing it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from prevention.core.publishing import PublishingRefusedError
from prevention.substances.models import SubstancePage
from tests.factories import InteractionFactory, SubstancePageFactory
from tests.forms import posted

pytestmark = pytest.mark.django_db
SAYS = "Say what is known of mixing it before publishing"


@pytest.fixture
def original(db: None) -> SubstancePage:
    """A page of which danger to life is recorded."""
    made: SubstancePage = SubstancePageFactory(title="Examplium")
    made.save_revision().publish()
    InteractionFactory(first=SubstancePage.objects.get(slug="ketamine"), second=made)
    return made


@pytest.fixture
def copy(original: SubstancePage) -> SubstancePage:
    """A draft copy of it."""
    made: SubstancePage = original.copy(update_attrs={"slug": "copy", "title": "Copy"}, keep_live=False)
    return made


def test_a_copy_brings_neither_text_nor_records_along(original: SubstancePage, copy: SubstancePage) -> None:
    assert (copy.mixing, copy.get_latest_revision_as_object().mixing) == ("", "")
    assert not copy.is_mixing_answered()
    assert original.is_mixing_answered()


def by_form(admin: Client, copy: SubstancePage) -> Any:
    address = reverse("wagtailadmin_pages:edit", args=[copy.pk])
    form = posted(admin.get(address).content.decode())
    return admin.post(address, {**form, "action-publish": "1"}, follow=True)


def by_bulk_action(admin: Client, copy: SubstancePage) -> Any:
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    return admin.post(f"{address}?id={copy.pk}&next=/admin/", {}, follow=True)


def as_a_live_copy(admin: Client, copy: SubstancePage) -> Any:
    original = SubstancePage.objects.get(slug="examplium")
    data = {
        "new_title": "Live",
        "new_slug": "live",
        "new_parent_page": original.get_parent().pk,
        "publish_copies": "on",
    }
    return admin.post(reverse("wagtailadmin_pages:copy", args=[original.pk]), data, follow=True)


@pytest.mark.parametrize("door", [by_form, by_bulk_action, as_a_live_copy])
def test_a_copy_goes_live_by_no_door(
    admin: Client, copy: SubstancePage, door: Callable[[Client, SubstancePage], Any]
) -> None:
    response = door(admin, copy)
    assert response.status_code == 200
    assert SAYS in response.content.decode()
    assert not Page.objects.live().filter(slug__in=["copy", "live"]).exists()


def test_code_can_not_publish_it_either(copy: SubstancePage) -> None:
    with pytest.raises(PublishingRefusedError, match=SAYS):
        copy.get_latest_revision().publish()


@pytest.mark.parametrize("answer", ["a text", "a record"])
def test_once_it_is_answered_it_can_be_published(copy: SubstancePage, answer: str) -> None:
    if answer == "a text":
        copy.mixing = "<p>Nobody has written about it.</p>"  # type: ignore[assignment]  # Wagtail has no types
    else:
        InteractionFactory(first=SubstancePage.objects.get(slug="ketamine"), second=copy)
    copy.save_revision().publish()
    assert Page.objects.get(pk=copy.pk).live


def test_a_new_page_has_to_answer_it_too() -> None:
    with pytest.raises(PublishingRefusedError, match=SAYS):
        SubstancePageFactory(title="Examplium", mixing="<p> </p>", citations=[])
