"""The sign-in pages themselves: fit for the strict policy of the public site, with tight cookies."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from prevention.users.models import User

from .conftest import PASSWORD

STRANGER_PAGES = [
    "/accounts/login/",
    "/accounts/inactive/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-x/",
    "/accounts/password/reset/key/done/",
]
STAFF_PAGES = [
    "/accounts/logout/",
    "/accounts/reauthenticate/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
]
PROTECTED_PAGES = [
    "/accounts/2fa/",
    "/accounts/2fa/reauthenticate/",
    "/accounts/2fa/totp/deactivate/",
    "/accounts/2fa/recovery-codes/",
    "/accounts/2fa/recovery-codes/generate/",
]
INLINE = {
    "style attribute": re.compile(r"<[^>]+\sstyle\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style", re.IGNORECASE),
    "script without a file": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "event attribute": re.compile(r"<[^>]+\son[a-z]+\s*=", re.IGNORECASE),
    "data: address": re.compile(r"""(?:src|href)\s*=\s*["']data:""", re.IGNORECASE),
    "other site": re.compile(
        r"""<(?:script|link|img)[^>]+(?:src|href)\s*=\s*["'](?:https?:)?//""", re.IGNORECASE
    ),
}


def check_page(page: str) -> None:
    """Fail when a page has something that the strict policy forbids, or lacks a heading or a title."""
    assert {what for what, pattern in INLINE.items() if pattern.search(page)} == set()
    assert len(re.findall(r"<h1[ >]", page)) == 1
    assert re.search(r"<title>\s*\S", page)
    assert '<meta name="robots" content="noindex">' in page
    for field in re.findall(r'<input(?![^>]*type="hidden")[^>]*id="(id_[^"]+)"', page):
        assert f'<label for="{field}"' in page


@pytest.mark.django_db
@pytest.mark.parametrize("path", STRANGER_PAGES)
def test_pages_for_strangers(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    check_page(response.content.decode())


@pytest.mark.parametrize("path", STAFF_PAGES)
def test_pages_for_staff(client: Client, editor: User, sign_in: Callable[..., Client], path: str) -> None:
    sign_in(editor)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    response = client.get(path)
    assert response.status_code == 200
    check_page(response.content.decode())


@pytest.mark.parametrize("path", PROTECTED_PAGES)
def test_pages_for_protected_staff(client: Client, protected_editor: User, path: str) -> None:
    client.force_login(protected_editor)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    response = client.get(path)
    assert response.status_code == 200
    check_page(response.content.decode())


def test_the_page_of_the_second_step(
    client: Client, protected_editor: User, sign_in: Callable[..., Client]
) -> None:
    sign_in(protected_editor)
    check_page(client.get("/accounts/2fa/authenticate/").content.decode())


def test_the_page_that_says_wait(client: Client, editor: User) -> None:
    for _ in range(6):
        response = client.post("/accounts/login/", {"login": "robin", "password": "wrong"})
    assert response.status_code == 429
    check_page(response.content.decode())


def test_a_wrong_field_is_tied_to_its_message(client: Client, editor: User) -> None:
    client.force_login(editor)
    page = client.post("/accounts/password/change/", {}).content.decode()
    field = re.search(r'<input[^>]*name="oldpassword"[^>]*>', page)
    assert field
    assert 'aria-invalid="true"' in field[0]
    described = re.search(r'aria-describedby="([^"]+)"', field[0])
    assert described
    for target in described[1].split():
        assert page.count(f'id="{target}"') == 1


def test_the_code_to_scan_is_drawn_in_the_page(
    client: Client, editor: User, sign_in: Callable[..., Client]
) -> None:
    sign_in(editor)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    assert '<svg class="qr-code"' in page
    assert "<?xml" not in page
    assert '<path fill="#000" d="M' in page


@pytest.mark.django_db
def test_the_policy_and_the_cache_headers_of_the_sign_in_page(client: Client) -> None:
    response = client.get("/accounts/login/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "data:" not in policy
    assert "no-store" in response["Cache-Control"]


def test_cookies_are_tight_and_end_with_the_browser(client: Client, editor: User) -> None:
    client.get("/accounts/login/")
    client.post("/accounts/login/", {"login": "robin", "password": PASSWORD})
    session, token = client.cookies["sessionid"], client.cookies["csrftoken"]
    assert session["httponly"]
    assert session["max-age"] == ""
    for cookie in (session, token):
        assert cookie["samesite"] == "Lax"
        assert cookie["secure"]


def test_the_sign_in_page_gives_no_session_before_it_is_used(client: Client, editor: User) -> None:
    client.get("/accounts/login/")
    assert "sessionid" not in client.cookies


def test_a_form_from_another_site_is_refused(editor: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/accounts/login/", {"login": "robin", "password": PASSWORD})
    assert response.status_code == 403
