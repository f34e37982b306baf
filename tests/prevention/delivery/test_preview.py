"""A preview is the page as readers would see it, and the admin alone may frame it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from prevention.users.models import User
from tests.forms import posted

SLUGS = ("home", "kava", "festivals", "drugs", "help", "mixing", "changes", "resources")


@pytest.fixture
def staff(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("robin", "robin@candour.example", None))
    return client


def edited(staff: Client, page: Page) -> str:
    """The address of the preview of what stands in the editing form, once the editor has sent it there."""
    form = posted(staff.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode())
    address = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    assert staff.post(address, form).json() == {"is_valid": True, "is_available": True}
    return address


def policy(header: str) -> dict[str, str]:
    return dict(part.strip().partition(" ")[::2] for part in header.split(";"))


def draft(staff: Client, page: Page) -> str:
    return reverse("wagtailadmin_pages:view_draft", args=[page.pk])


def former(staff: Client, page: Page) -> str:
    return reverse("wagtailadmin_pages:revisions_view", args=[page.pk, page.latest_revision_id])


ADDRESSES: dict[str, Callable[[Client, Page], str]] = {
    "as it is edited": edited,
    "the draft": draft,
    "a former version": former,
}


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("which", ADDRESSES)
def test_the_admin_may_frame_it_and_nobody_else(staff: Client, which: str, slug: str) -> None:
    page = Page.objects.get(slug=slug)
    page.specific.save_revision()
    page.refresh_from_db()
    response = staff.get(ADDRESSES[which](staff, page))
    assert response.status_code == 200
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    public = Client().get(page.url)
    assert public.headers["X-Frame-Options"] == "DENY"
    strict, shown = (policy(answer.headers["Content-Security-Policy"]) for answer in (public, response))
    assert (strict.pop("frame-ancestors"), shown.pop("frame-ancestors")) == ("'none'", "'self'")
    assert shown == strict


def test_the_checks_of_the_editor_run_in_previews_only(staff: Client) -> None:
    page = Page.objects.get(slug="kava")
    preview = staff.get(edited(staff, page)).content.decode()
    assert "wagtail-userbar" in preview
    assert staff.get("/drugs/kava/").status_code == 200
    assert "wagtail-userbar" not in staff.get("/drugs/kava/").content.decode()
    assert "userbar" not in Client().get("/drugs/kava/").content.decode()


def test_a_preview_sets_no_cookie_and_is_kept_and_counted_nowhere(
    staff: Client, counted: Callable[[], dict[tuple[str, str, str], int]]
) -> None:
    page = Page.objects.get(slug="kava")
    response = staff.get(edited(staff, page))
    assert "private" in response.headers["Cache-Control"]
    assert counted() == {}


def test_the_rest_of_the_admin_keeps_its_own_policy(staff: Client) -> None:
    response = staff.get(reverse("wagtailadmin_home"))
    found = policy(response.headers["Content-Security-Policy"])
    assert found["script-src"] == " ".join(settings.ADMIN_CONTENT_SECURITY_POLICY["script-src"])
