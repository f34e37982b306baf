"""Adds links to the sign-in settings under /accounts/ to the account page of the admin."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from wagtail import hooks


@hooks.register("register_account_menu_item")
def two_step_sign_in_link(_: HttpRequest) -> dict[str, str]:
    """Return the account page's item for two-step sign-in."""
    return {
        "url": reverse("mfa_index"),
        "label": "Two-step sign-in",
        "help_text": "Set up or change your authenticator app and your recovery codes.",
    }


@hooks.register("register_account_menu_item")
def change_password_link(_: HttpRequest) -> dict[str, str]:
    """Return the account page's item for the password, on allauth's page, which limits wrong tries."""
    return {
        "url": reverse("account_change_password"),
        "label": "Change password",
        "help_text": "You need your present password.",
    }
