"""Django's configuration of the app."""

from __future__ import annotations

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """Names the app; what follows the log of changes for it is listed in settings.LOG_READERS."""

    name = "search"
    label = "search"
    verbose_name = "Search"
