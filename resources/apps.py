from __future__ import annotations

from django.apps import AppConfig


class ResourcesConfig(AppConfig):
    name = "resources"
    label = "resources"
    verbose_name = "School resources"

    def ready(self) -> None:
        from prevention.core.publishing import watch
        from resources import concerns  # noqa: F401  (registers them)
        from resources.models import KeyStage, RiskGroup

        watch(KeyStage, RiskGroup)
