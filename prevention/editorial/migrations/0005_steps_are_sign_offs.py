"""The two steps of the workflow become sign-offs; roles that somebody typed are no claim of a review any more."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from prevention.editorial.services import use_group_approvals, use_sign_offs

PAGES = (
    ("help", "HelpPage"),
    ("home", "ChangesPage"),
    ("home", "HomePage"),
    ("home", "StandardPage"),
    ("home", "TopicIndexPage"),
    ("resources", "LessonPackPage"),
    ("resources", "ResourceIndexPage"),
    ("substances", "FamilyIndexPage"),
    ("substances", "MixingPage"),
    ("substances", "SubstanceIndexPage"),
    ("substances", "SubstancePage"),
)


def forwards(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    use_sign_offs(apps)
    for label, name in PAGES:
        apps.get_model(label, name).objects.exclude(reviewer_role="").update(reviewer_role="")


def backwards(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    use_group_approvals(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("editorial", "0004_sign_off"),
        ("help", "0004_sign_off"),
        ("home", "0005_sign_off"),
        ("resources", "0005_sign_off"),
        ("substances", "0004_sign_off"),
        ("users", "0002_sign_off"),
    ]

    operations = [migrations.RunPython(forwards, backwards)]
