"""The app's configuration."""

from __future__ import annotations

from django.apps import AppConfig


class UsersConfig(AppConfig):
    """Staff accounts, their sign-in pages and the rule about two-step sign-in."""

    name = "prevention.users"
    label = "users"
    verbose_name = "Staff accounts"

    def ready(self) -> None:
        """Register the checks on the settings that this app reads."""
        from . import checks  # noqa: F401  (checks register on import)
