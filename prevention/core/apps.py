from __future__ import annotations

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "prevention.core"
    label = "core"
    verbose_name = "Core"

    def ready(self) -> None:
        from wagtail.models import Site

        from prevention.core import checks, publishing  # noqa: F401  (checks register on import)

        publishing.connect()
        publishing.watch(Site)  # the addresses of all pages hang on it
