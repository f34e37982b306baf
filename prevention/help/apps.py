from __future__ import annotations

from django.apps import AppConfig


class HelpConfig(AppConfig):
    name = "prevention.help"
    label = "help"
    verbose_name = "Help"

    def ready(self) -> None:
        from prevention.core.publishing import watch
        from prevention.help.models import Helpline

        watch(Helpline)
