"""The app's configuration."""

from __future__ import annotations

from django.apps import AppConfig


class HelpConfig(AppConfig):
    """Helplines and the help page."""

    name = "prevention.help"
    label = "help"
    verbose_name = "Help"
