"""The app's configuration: registers the system checks and connects the log of changes."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import pre_delete
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    """Pages, the log of changes, the scheduler and backups."""

    name = "prevention.core"
    label = "core"
    verbose_name = "Core"

    def ready(self) -> None:
        from prevention.core import change_log, checks, plain_texts  # noqa: F401  (checks register on import)
        from prevention.core.references import before_delete

        plain_texts.connect()
        pre_delete.connect(before_delete, dispatch_uid="core.references")
        change_log.connect()
        # In a module of this name, each app registers which pages show its records (change_log.shown_on), and
        # what refers to them by a code (references.referred_by).
        autodiscover_modules("dependents")
