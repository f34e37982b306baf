"""The app's configuration: after every migrate, it gives the roles the permissions of new models."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth.management import create_permissions
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.signals import post_delete, post_migrate, pre_save
from django.utils.module_loading import autodiscover_modules
from wagtail.signals import published, unpublished

FIRST_MIGRATION = ("editorial", "0001_roles_and_workflow")


class EditorialConfig(AppConfig):
    """Roles, workflow, reading age, wording and the attention report."""

    name = "prevention.editorial"
    label = "editorial"
    verbose_name = "Editorial"

    def ready(self) -> None:
        """Connect the locks and the update of the roles, and load the apps' modules `attention`."""
        from prevention.editorial import locks, urgent
        from prevention.editorial.models.sign_offs import keep_claims_true

        locks.connect()
        pre_save.connect(keep_claims_true, dispatch_uid="editorial.keep_claims_true")
        for signal in (published, unpublished, post_delete):
            signal.connect(urgent.end_former, dispatch_uid="editorial.end_former")
        # Django sends post_migrate once for each app; one is enough. `users` is the first app whose
        # permissions a role needs.
        post_migrate.connect(
            grant_new_permissions, sender=apps.get_app_config("users"), dispatch_uid="editorial.roles"
        )
        autodiscover_modules("attention")


def grant_new_permissions(using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Give the roles the permissions of all present models, once our first migration has been applied."""
    from wagtail.snippets.models import create_extra_permissions

    from .services import sync_roles

    if using != DEFAULT_DB_ALIAS:
        return
    if FIRST_MIGRATION not in MigrationRecorder(connections[using]).applied_migrations():
        return
    # Django creates the permissions app by app after migrate; those of later apps do not exist yet.
    for app_config in apps.get_app_configs():
        create_permissions(app_config, verbosity=0, using=using)
    create_extra_permissions(apps.get_app_config("wagtailsnippets"), using=using)  # publish, lock, unlock
    sync_roles(apps)
