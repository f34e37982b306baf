"""The second step: offered or required, set up, asked for, lost, removed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from pytest_django import Settings

from prevention.users.models import User

from .conftest import PASSWORD, SECRET, totp_code

OFFER = "Protect this account with two-step sign-in."
ADMIN_PATHS = ["/admin/", "/admin/pages/", "/admin/images/", "/admin/users/", "/admin/reports/site-history/"]


def test_offered_the_home_page_of_the_admin_says_so(client: Client, editor: User) -> None:
    client.force_login(editor)
    page = client.get("/admin/").content.decode()
    assert OFFER in page
    assert 'href="/accounts/2fa/"' in page


def test_offered_other_pages_of_the_admin_stay_quiet(client: Client, editor: User) -> None:
    client.force_login(editor)
    assert OFFER not in client.get("/admin/account/").content.decode()


def test_offered_nothing_is_said_to_someone_who_has_it(client: Client, protected_editor: User) -> None:
    client.force_login(protected_editor)
    assert OFFER not in client.get("/admin/").content.decode()


@pytest.mark.parametrize("path", ADMIN_PATHS)
@pytest.mark.parametrize("setting", ["required", "Offered", ""])
def test_required_the_admin_waits_for_the_second_step(
    client: Client, editor: User, settings: Settings, path: str, setting: str
) -> None:
    settings.STAFF_TWO_FACTOR = setting
    client.force_login(editor)
    for response in (client.get(path), client.post(path)):
        assert (response.status_code, response["Location"]) == (302, "/accounts/2fa/")


@pytest.mark.parametrize("path", ADMIN_PATHS)
def test_required_someone_who_has_it_walks_in(
    client: Client, protected_editor: User, settings: Settings, path: str
) -> None:
    settings.STAFF_TWO_FACTOR = "required"
    client.force_login(protected_editor)
    assert client.get(path).status_code == 200


def test_required_recovery_codes_alone_do_not_count(
    client: Client, protected_editor: User, settings: Settings
) -> None:
    settings.STAFF_TWO_FACTOR = "required"
    Authenticator.objects.filter(type=Authenticator.Type.TOTP).delete()
    client.force_login(protected_editor)
    assert client.get("/admin/")["Location"] == "/accounts/2fa/"


def test_required_one_can_still_sign_out(client: Client, editor: User, settings: Settings) -> None:
    settings.STAFF_TWO_FACTOR = "required"
    client.force_login(editor)
    client.post("/admin/logout/")
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_required_a_stranger_is_sent_to_sign_in_first(client: Client, settings: Settings) -> None:
    settings.STAFF_TWO_FACTOR = "required"
    assert client.get("/admin/")["Location"] == "/accounts/login/?next=/admin/"


def test_setting_it_up_from_the_first_sign_in_to_the_admin(
    client: Client, editor: User, settings: Settings, sign_in: Callable[..., Client]
) -> None:
    settings.STAFF_TWO_FACTOR = "required"
    sign_in(editor)
    assert client.get("/admin/")["Location"] == "/accounts/2fa/"
    assert "Set up an app" in client.get("/accounts/2fa/").content.decode()
    confirm = client.get("/accounts/2fa/totp/activate/")
    assert confirm["Location"].startswith("/accounts/reauthenticate/")
    client.post(confirm["Location"], {"password": PASSWORD})
    form = client.get("/accounts/2fa/totp/activate/").content.decode()
    key = re.search(r"<code>([A-Z2-7]{32})</code>", form)
    assert key
    codes = client.post("/accounts/2fa/totp/activate/", {"code": totp_code(key[1])}, follow=True)
    assert len(re.findall(r"<li><code>\d{8}</code></li>", codes.content.decode())) == 10
    assert client.get("/admin/").status_code == 200


def test_a_wrong_code_sets_nothing_up(client: Client, editor: User, sign_in: Callable[..., Client]) -> None:
    sign_in(editor)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.get("/accounts/2fa/totp/activate/")
    answers = [client.post("/accounts/2fa/totp/activate/", {"code": "000000"}).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]
    assert not Authenticator.objects.exists()


def test_the_password_alone_does_not_open_the_admin(
    client: Client, protected_editor: User, sign_in: Callable[..., Client]
) -> None:
    sign_in(protected_editor)
    assert client.get("/admin/")["Location"].startswith("/accounts/login/")
    assert client.get("/accounts/2fa/authenticate/").status_code == 200


def test_the_code_of_the_app_finishes_the_sign_in(
    client: Client, protected_editor: User, sign_in: Callable[..., Client]
) -> None:
    sign_in(protected_editor)
    response = client.post("/accounts/2fa/authenticate/", {"code": totp_code(SECRET)})
    assert response["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_a_recovery_code_works_once(
    client: Client, protected_editor: User, recovery_codes: list[str], sign_in: Callable[..., Client]
) -> None:
    sign_in(protected_editor)
    assert client.post("/accounts/2fa/authenticate/", {"code": recovery_codes[0]})["Location"] == "/admin/"
    client.post("/accounts/logout/")
    sign_in(protected_editor)
    assert client.post("/accounts/2fa/authenticate/", {"code": recovery_codes[0]}).status_code == 200
    assert "_auth_user_id" not in client.session


def test_five_wrong_codes_then_wait(
    client: Client, protected_editor: User, sign_in: Callable[..., Client]
) -> None:
    sign_in(protected_editor)
    statuses = [client.post("/accounts/2fa/authenticate/", {"code": "1"}).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    assert client.post("/accounts/2fa/authenticate/", {"code": totp_code(SECRET)}).status_code == 429


@pytest.mark.parametrize(
    "data", [{}, {"code": ""}, {"credential": "{}"}, {"code": "\x00"}, {"code": "9" * 5000}]
)
def test_a_broken_form_of_the_second_step_is_only_wrong(
    client: Client, protected_editor: User, sign_in: Callable[..., Client], data: dict[str, Any]
) -> None:
    sign_in(protected_editor)
    assert client.post("/accounts/2fa/authenticate/", data).status_code == 200


def test_a_sign_in_half_way_can_be_started_again(
    client: Client, protected_editor: User, sign_in: Callable[..., Client]
) -> None:
    sign_in(protected_editor)
    response = client.post("/accounts/logout/", {"next": "/accounts/login/"})
    assert response["Location"] == "/accounts/login/"
    assert client.get("/accounts/2fa/authenticate/")["Location"] == "/accounts/login/"


def test_removing_the_app_asks_who_it_is_and_closes_the_admin_again(
    client: Client, protected_editor: User, settings: Settings
) -> None:
    settings.STAFF_TWO_FACTOR = "required"
    client.force_login(protected_editor)
    confirm = client.get("/accounts/2fa/totp/deactivate/")
    assert confirm["Location"].startswith("/accounts/reauthenticate/")
    client.post("/accounts/2fa/reauthenticate/", {"code": totp_code(SECRET)})
    assert client.get("/accounts/2fa/totp/deactivate/").status_code == 200
    client.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.exists()
    assert client.get("/admin/")["Location"] == "/accounts/2fa/"


def test_recovery_codes_are_shown_downloaded_and_replaced(
    client: Client, protected_editor: User, recovery_codes: list[str]
) -> None:
    client.force_login(protected_editor)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert recovery_codes[0] in client.get("/accounts/2fa/recovery-codes/").content.decode()
    download = client.get("/accounts/2fa/recovery-codes/download/")
    assert download["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert recovery_codes[9] in download.content.decode()
    assert "10 codes" in client.get("/accounts/2fa/recovery-codes/generate/").content.decode()
    replaced = client.post("/accounts/2fa/recovery-codes/generate/", follow=True).content.decode()
    assert recovery_codes[0] not in replaced


def test_recovery_codes_are_not_shown_before_asking_who_it_is(
    client: Client, protected_editor: User, recovery_codes: list[str]
) -> None:
    client.force_login(protected_editor)
    page = client.get("/accounts/2fa/recovery-codes/", follow=True)
    assert recovery_codes[0] not in page.content.decode()


def test_only_an_app_and_recovery_codes_exist(settings: Settings) -> None:
    assert settings.MFA_SUPPORTED_TYPES == ["totp", "recovery_codes"]


@pytest.mark.django_db
def test_public_pages_never_ask_who_reads_them(client: Client) -> None:
    response = client.get("/about/")
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
