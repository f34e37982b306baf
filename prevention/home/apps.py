from __future__ import annotations

from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "prevention.home"
    label = "home"
    verbose_name = "Home and topics"
