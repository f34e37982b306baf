"""The user model, the settings of sign-in, and the checks that watch over them."""

from __future__ import annotations

import pytest
from allauth.account.adapter import get_adapter
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.test import RequestFactory
from pytest_django import Settings

from prevention.users.adapter import StaffAccountAdapter
from prevention.users.checks import strict_in_production, two_factor_setting
from prevention.users.models import User


def test_the_user_is_ours_and_holds_one_thing_more_than_djangos() -> None:
    assert get_user_model() is User
    own = {field.name for field in User._meta.fields} - {"id"}
    assert own == {field.name for field in AbstractUser._meta.fields} | {"sign_off_role"}


def test_no_application_keeps_sessions_with_addresses() -> None:
    assert "allauth.usersessions" not in django_settings.INSTALLED_APPS
    assert "allauth.socialaccount" not in django_settings.INSTALLED_APPS


def test_the_adapter_keeps_nothing_of_the_caller(rf: RequestFactory) -> None:
    adapter = get_adapter()
    assert isinstance(adapter, StaffAccountAdapter)
    request = rf.get("/", REMOTE_ADDR="203.0.113.7", HTTP_USER_AGENT="Curious/1.0")
    assert adapter.get_client_ip(request).startswith("bucket-")
    assert adapter.get_http_user_agent(request) == ""
    assert not adapter.is_open_for_signup(request)


@pytest.mark.parametrize("value", ["offered", "required"])
def test_a_known_value_passes_the_check(settings: Settings, value: str) -> None:
    settings.STAFF_TWO_FACTOR = value
    assert two_factor_setting() == []


def test_an_unknown_value_fails_the_check(settings: Settings) -> None:
    settings.STAFF_TWO_FACTOR = "maybe"
    assert [message.id for message in two_factor_setting()] == ["users.E001"]


def test_deployment_is_warned_about_what_fits_one_machine_only(settings: Settings) -> None:
    settings.STAFF_TWO_FACTOR = "offered"
    settings.LOCAL_ADMIN_ALLOWED = True
    assert [message.id for message in strict_in_production()] == ["users.W002", "users.W003"]
    settings.STAFF_TWO_FACTOR = "required"
    settings.LOCAL_ADMIN_ALLOWED = False
    assert strict_in_production() == []
