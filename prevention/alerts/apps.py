from __future__ import annotations

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "prevention.alerts"
    label = "alerts"
    verbose_name = "Alerts"

    def ready(self) -> None:
        from prevention.alerts.models import Alert
        from prevention.core.publishing import watch

        watch(Alert)
