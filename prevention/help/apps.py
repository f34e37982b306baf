from __future__ import annotations

from django.apps import AppConfig


class HelpConfig(AppConfig):
    name = "prevention.help"
    label = "help"
    verbose_name = "Help"
