"""Wiring of the editorial app: after every migrate, the roles get the permissions of what is new."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth.management import create_permissions
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.signals import post_migrate, pre_save
from django.utils.module_loading import autodiscover_modules

FIRST_MIGRATION = ("editorial", "0001_roles_and_workflow")


class EditorialConfig(AppConfig):
    """Roles, workflow, reading age, wording and the queue of reviews."""

    name = "prevention.editorial"
    label = "editorial"
    verbose_name = "Editorial"

    def ready(self) -> None:
        """Follow every migrate: permissions of later apps do not exist before. Load attention reports."""
        from prevention.editorial import locks
        from prevention.editorial.models.sign_offs import keep_claims_true

        locks.connect()
        pre_save.connect(keep_claims_true, dispatch_uid="editorial.keep_claims_true")
        # With the users: their app comes first of those that have what a role needs.
        post_migrate.connect(
            grant_new_permissions, sender=apps.get_app_config("users"), dispatch_uid="editorial.roles"
        )
        autodiscover_modules("attention")


def grant_new_permissions(using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Bring the roles up to date with the models there are; do nothing once our migration is taken back."""
    from .services import sync_roles

    if using != DEFAULT_DB_ALIAS:
        return
    if FIRST_MIGRATION not in MigrationRecorder(connections[using]).applied_migrations():
        return
    # Django makes permissions app by app, in an order that we do not want to depend on.
    for app_config in apps.get_app_configs():
        create_permissions(app_config, verbosity=0, using=using)
    sync_roles(apps)
