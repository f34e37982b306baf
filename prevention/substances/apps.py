"""Django's configuration of the app."""

from __future__ import annotations

from django.apps import AppConfig


class SubstancesConfig(AppConfig):
    """Names the app."""

    name = "prevention.substances"
    label = "substances"
    verbose_name = "Substances"
