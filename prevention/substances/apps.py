from __future__ import annotations

from django.apps import AppConfig


class SubstancesConfig(AppConfig):
    name = "prevention.substances"
    label = "substances"
    verbose_name = "Substances"

    def ready(self) -> None:
        from prevention.core.publishing import watch
        from prevention.substances import concerns  # noqa: F401  (registers them)
        from prevention.substances.models import Family, Interaction, PenaltyProfile

        watch(Family, PenaltyProfile, Interaction)
