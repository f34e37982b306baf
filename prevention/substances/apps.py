from __future__ import annotations

from django.apps import AppConfig


class SubstancesConfig(AppConfig):
    name = "prevention.substances"
    label = "substances"
    verbose_name = "Substances"

    def ready(self) -> None:
        from prevention.substances import attention, dependents  # noqa: F401  (registers them)
