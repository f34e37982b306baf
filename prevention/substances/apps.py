from __future__ import annotations

from django.apps import AppConfig


class SubstancesConfig(AppConfig):
    name = "prevention.substances"
    label = "substances"
    verbose_name = "Substances"

    def ready(self) -> None:
        from prevention.core.publishing import watch
        from prevention.substances.models import Family, PenaltyProfile

        watch(Family, PenaltyProfile)
