"""Django's configuration of the app."""

from __future__ import annotations

from django.apps import AppConfig


class HomeConfig(AppConfig):
    """Names the app."""

    name = "prevention.home"
    label = "home"
    verbose_name = "Home and topics"
