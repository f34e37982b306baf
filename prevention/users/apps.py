"""The app's configuration, and that of Wagtail's screens of users."""

from __future__ import annotations

from django.apps import AppConfig
from wagtail.users.apps import WagtailUsersAppConfig


class UsersConfig(AppConfig):
    """Staff accounts, their sign-in pages and the rule about two-step sign-in."""

    name = "prevention.users"
    label = "users"
    verbose_name = "Staff accounts"

    def ready(self) -> None:
        """Register the checks on the settings that this app reads."""
        from . import checks  # noqa: F401  (checks register on import)


class StaffScreensConfig(WagtailUsersAppConfig):
    """Wagtail's app of users, with our forms."""

    user_viewset = "prevention.users.forms.StaffViewSet"
