"""The app's configuration."""

from __future__ import annotations

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    """Indicators and their monthly releases."""

    name = "prevention.indicators"
    label = "indicators"
    verbose_name = "Indicators"
