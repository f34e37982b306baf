"""The app's configuration: after every migrate, it gives the roles the permissions of new models."""

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
    """Roles, workflow, reading age, wording and the attention report."""

    name = "prevention.editorial"
    label = "editorial"
    verbose_name = "Editorial"

    def ready(self) -> None:
        """Connect the locks and the update of the roles, and load the apps' modules `attention`."""
        from prevention.editorial import locks
        from prevention.editorial.models.sign_offs import keep_claims_true

        locks.connect()
        pre_save.connect(keep_claims_true, dispatch_uid="editorial.keep_claims_true")
        # Django sends post_migrate once for each app; one is enough. `users` is the first app whose
        # permissions a role needs.
        post_migrate.connect(
            grant_new_permissions, sender=apps.get_app_config("users"), dispatch_uid="editorial.roles"
        )
        autodiscover_modules("attention")


def grant_new_permissions(using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Give the roles the permissions of all present models, once our first migration has been applied."""
    from .services import sync_roles

    if using != DEFAULT_DB_ALIAS:
        return
    if FIRST_MIGRATION not in MigrationRecorder(connections[using]).applied_migrations():
        return
    # Django creates the permissions app by app after migrate; those of later apps do not exist yet.
    for app_config in apps.get_app_configs():
        create_permissions(app_config, verbosity=0, using=using)
    sync_roles(apps)
