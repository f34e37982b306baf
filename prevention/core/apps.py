from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "prevention.core"
    label = "core"
    verbose_name = "Core"

    def ready(self) -> None:
        from prevention.core import change_log, checks  # noqa: F401  (checks register on import)

        change_log.connect()
        # Each app says in a module of this name which pages show what is its own.
        autodiscover_modules("dependents")
