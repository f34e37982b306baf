"""The five roles and the two-step workflow, on a new database and on one that has Wagtail's own."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from prevention.editorial.services import create_workflow, remove_roles, remove_workflow, sync_roles


def forwards(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    sync_roles(apps)
    create_workflow(apps)


def backwards(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    remove_workflow(apps)
    remove_roles(apps)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("users", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtaildocs", "0014_alter_document_file_size"),
        ("wagtailimages", "0027_image_description"),
    ]

    operations = [migrations.RunPython(forwards, backwards)]
