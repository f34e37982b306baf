"""`create_local_admin`: a fresh password, printed once, and only on one's own machine."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.management import CommandError, call_command
from pytest_django import Settings

from prevention.users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_a_machine_of_ones_own(settings: Settings) -> None:
    settings.LOCAL_ADMIN_ALLOWED = True


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("create_local_admin", *arguments, stdout=out)
    return out.getvalue()


def password_in(output: str) -> str:
    found = re.search(r"^Password: (\S+) ", output, re.MULTILINE)
    assert found
    return found[1]


def test_it_makes_an_administrator_and_prints_the_password() -> None:
    password = password_in(run())
    admin = User.objects.get(username="admin")
    assert admin.is_superuser
    assert admin.check_password(password)
    assert re.fullmatch(r"[a-hj-km-np-z2-9]{5}(-[a-hj-km-np-z2-9]{5}){3}", password)
    validate_password(password, admin)


def test_a_second_run_changes_nothing_and_prints_no_password() -> None:
    password = password_in(run())
    again = run()
    assert "Password:" not in again
    assert "make admin-password" in again
    assert User.objects.get(username="admin").check_password(password)


def test_reset_sets_a_new_password_and_takes_a_lost_app_away() -> None:
    first = password_in(run())
    admin = User.objects.get(username="admin")
    Authenticator.objects.create(user=admin, type=Authenticator.Type.TOTP, data={"secret": "x"})
    second = password_in(run("--reset"))
    admin.refresh_from_db()
    assert first != second
    assert admin.check_password(second)
    assert not Authenticator.objects.exists()


def test_another_name_can_be_chosen() -> None:
    run("--username", "robin")
    assert User.objects.filter(username="robin", is_superuser=True).exists()


@pytest.mark.parametrize("value", [False, None, "yes", 1])
def test_it_refuses_on_a_real_site(settings: Settings, value: object) -> None:
    settings.LOCAL_ADMIN_ALLOWED = value
    with pytest.raises(CommandError, match="createsuperuser"):
        run()
    assert not User.objects.exists()
