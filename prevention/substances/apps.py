from __future__ import annotations

from django.apps import AppConfig


class SubstancesConfig(AppConfig):
    name = "prevention.substances"
    label = "substances"
    verbose_name = "Substances"
