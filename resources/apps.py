"""Django's configuration of the app."""

from __future__ import annotations

from django.apps import AppConfig


class ResourcesConfig(AppConfig):
    """Names the app."""

    name = "resources"
    label = "resources"
    verbose_name = "School resources"
