from __future__ import annotations

from django.apps import AppConfig


class HelpConfig(AppConfig):
    name = "prevention.help"
    label = "help"
    verbose_name = "Help"

    def ready(self) -> None:
        from prevention.help import dependents  # noqa: F401  (registers them)
