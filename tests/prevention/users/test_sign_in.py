"""Name and password: the way in, the ways that must not exist, and the brake on guessing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from prevention.users.models import User

from .conftest import PASSWORD

LOGIN = "/accounts/login/"


def sign_in_as(client: Client, login: str, password: str, **extra: Any) -> Any:
    return client.post(LOGIN, {"login": login, "password": password}, **extra)


@pytest.mark.django_db
def test_the_admin_sends_a_stranger_to_our_sign_in_page(client: Client) -> None:
    response = client.get("/admin/")
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/admin/")


@pytest.mark.django_db
def test_wagtails_own_sign_in_leads_to_ours(client: Client) -> None:
    response = client.get("/admin/login/?next=/admin/pages/")
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/admin/pages/")


def test_wagtails_own_sign_in_takes_no_password(client: Client, editor: User) -> None:
    client.post("/admin/login/", {"username": editor.username, "password": PASSWORD})
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("login", ["robin", "robin@candour.example", " robin "])
def test_a_name_or_an_address_opens_the_admin(client: Client, editor: User, login: str) -> None:
    response = sign_in_as(client, login, PASSWORD)
    assert (response.status_code, response["Location"]) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200


def test_sign_in_returns_to_the_page_that_was_asked_for(client: Client, editor: User) -> None:
    page = client.get(LOGIN, {"next": "/admin/account/"})
    assert b'name="next"' in page.content
    response = client.post(LOGIN, {"login": "robin", "password": PASSWORD, "next": "/admin/account/"})
    assert response["Location"] == "/admin/account/"


@pytest.mark.parametrize(
    "away", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"]
)
def test_sign_in_never_leads_to_another_site(client: Client, editor: User, away: str) -> None:
    response = client.post(LOGIN, {"login": "robin", "password": PASSWORD, "next": away})
    assert response["Location"] == "/admin/"


def test_a_wrong_password_says_so_and_does_not_say_whether_the_name_exists(
    client: Client, editor: User
) -> None:
    known = sign_in_as(client, "robin", "wrong").content.decode()
    unknown = sign_in_as(client, "nobody", "wrong").content.decode()
    message = "That name and that password do not belong together."
    assert message in known
    assert message in unknown
    assert "_auth_user_id" not in client.session


def test_an_account_that_is_switched_off_stays_out(client: Client, editor: User) -> None:
    User.objects.update(is_active=False)
    response = client.post(LOGIN, {"login": "robin", "password": PASSWORD}, follow=True)
    assert "_auth_user_id" not in client.session
    assert response.status_code == 200


@pytest.mark.django_db
def test_someone_without_a_role_does_not_see_the_admin(
    client: Client, sign_in: Callable[..., Client]
) -> None:
    sign_in(User.objects.create_user("guest", "guest@candour.example", PASSWORD))
    response = client.get("/admin/")
    assert response.status_code in {302, 403}


def test_five_wrong_passwords_then_wait(client: Client, editor: User) -> None:
    statuses = [sign_in_as(client, "robin", "wrong").status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    refused = sign_in_as(client, "robin", PASSWORD)
    assert refused.status_code == 429
    assert refused["Retry-After"] == "300"
    assert "Wait five minutes, then try again." in refused.content.decode()
    assert "_auth_user_id" not in client.session


def test_the_brake_on_one_name_leaves_others_free(client: Client, editor: User) -> None:
    for _ in range(6):
        sign_in_as(client, "somebody-else", "wrong")
    assert sign_in_as(client, "robin", PASSWORD).status_code == 302


def test_trying_many_names_from_one_place_is_braked_too(client: Client, editor: User) -> None:
    statuses = [sign_in_as(client, f"name{number}", "wrong").status_code for number in range(21)]
    assert statuses[-1] == 429


def test_hammering_the_form_is_braked_whatever_is_typed(client: Client, editor: User) -> None:
    statuses = [client.post(LOGIN, {}).status_code for _ in range(31)]
    assert statuses[-1] == 429


def test_the_counts_hold_no_address_and_no_name(client: Client, editor: User) -> None:
    sign_in_as(client, "robin", "wrong", REMOTE_ADDR="203.0.113.7", HTTP_USER_AGENT="Curious/1.0")
    kept = repr(cache._cache)  # type: ignore[attr-defined]
    assert "bucket-" in kept
    for trace in ("203.0.113", "robin", "Curious"):
        assert trace not in kept


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "signup/",
        "email/",
        "confirm-email/",
        "login/code/",
        "login/code/confirm/",
        "3rdparty/",
        "2fa/webauthn/",
    ],
)
def test_there_is_no_sign_up_and_no_other_way_in(client: Client, path: str) -> None:
    assert client.get(f"/accounts/{path}").status_code == 404
    assert client.post(f"/accounts/{path}", {"email": "a@b.example"}).status_code in {403, 404, 405}


@pytest.mark.django_db
def test_the_bare_address_leads_to_sign_in(client: Client) -> None:
    response = client.get("/accounts/", follow=True)
    assert response.redirect_chain[-1][0].startswith(LOGIN)


def test_no_script_gets_json(client: Client, editor: User) -> None:
    response = sign_in_as(client, "robin", "wrong", HTTP_ACCEPT="application/json")
    assert response["Content-Type"].startswith("text/html")


@pytest.mark.django_db
@pytest.mark.parametrize("value", ["\x00", "a" * 5000, "😀", "' OR 1=1 --", "<script>"])
def test_hostile_names_and_passwords_are_only_wrong(client: Client, value: str) -> None:
    response = sign_in_as(client, value, value)
    assert response.status_code == 200
    assert b"<script>" not in response.content


def test_sign_out_asks_first_and_then_leads_to_sign_in(client: Client, editor: User) -> None:
    client.force_login(editor)
    assert client.get("/accounts/logout/").status_code == 200
    assert "_auth_user_id" in client.session
    assert client.post("/accounts/logout/")["Location"] == LOGIN
    assert "_auth_user_id" not in client.session


# --- A forgotten password


def ask_for_a_link(client: Client, email: str) -> Any:
    return client.post("/accounts/password/reset/", {"email": email})


def test_a_forgotten_password_is_replaced_through_one_mail(client: Client, editor: User) -> None:
    ask_for_a_link(client, editor.email)
    (message,) = mail.outbox
    assert message.subject == "Candour: Choose a new password"
    link = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", str(message.body))
    assert link
    form = client.get(link[1], follow=True)
    new = {"password1": "another-long-password", "password2": "another-long-password"}
    done = client.post(form.redirect_chain[-1][0], new, follow=True)
    assert "Your password is changed" in done.content.decode()
    assert "_auth_user_id" not in client.session, "a mail alone must not open the admin"
    assert "This link does not work" in client.get(link[1], follow=True).content.decode()
    assert sign_in_as(client, "robin", "another-long-password").status_code == 302


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client: Client, editor: User) -> None:
    known = ask_for_a_link(client, editor.email)
    unknown = ask_for_a_link(client, "nobody@candour.example")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert len(mail.outbox) == 1


def test_mail_is_not_sent_again_and_again(client: Client, editor: User) -> None:
    statuses = [ask_for_a_link(client, editor.email).status_code for _ in range(4)]
    assert statuses == [302, 302, 302, 429]
    assert len(mail.outbox) == 3


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["1-x", "zzzzzzzzzzzzz-x-y", "0-set-password", "1-" + "a" * 128])
def test_an_invented_link_is_told_so(client: Client, key: str) -> None:
    response = client.get(f"/accounts/password/reset/key/{key}/", follow=True)
    assert response.status_code == 200
    assert "This link does not work" in response.content.decode()


def test_changing_the_password_needs_the_present_one(client: Client, editor: User) -> None:
    client.force_login(editor)
    new = {"password1": "another-long-password", "password2": "another-long-password"}
    client.post("/accounts/password/change/", {"oldpassword": "wrong", **new})
    editor.refresh_from_db()
    assert editor.check_password(PASSWORD)
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, **new})
    editor.refresh_from_db()
    assert editor.check_password("another-long-password")


def test_wagtails_own_password_forms_are_off(client: Client, editor: User) -> None:
    assert client.get("/admin/password_reset/").status_code == 404
    client.force_login(editor)
    account = client.get("/admin/account/").content.decode()
    assert "password-old_password" not in account
    assert "/accounts/password/change/" in account
    assert "/accounts/2fa/" in account
