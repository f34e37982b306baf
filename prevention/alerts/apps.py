from __future__ import annotations

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "prevention.alerts"
    label = "alerts"
    verbose_name = "Alerts"

    def ready(self) -> None:
        from prevention.alerts import dependents  # noqa: F401  (registers them)
