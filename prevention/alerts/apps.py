"""The app's configuration."""

from __future__ import annotations

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """Warnings with an end date."""

    name = "prevention.alerts"
    label = "alerts"
    verbose_name = "Alerts"
