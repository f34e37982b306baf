"""Sign-offs of facts as well as of pages, urgent publications, and the workflow of the facts outside pages."""

from __future__ import annotations

import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from wagtail.models import get_default_page_content_type

import prevention.clock
from prevention.editorial.services import assign_to_facts

FACTS = (
    ("alerts", "Alert"),
    ("help", "Helpline"),
    ("search", "Intent"),
    ("search", "WordList"),
    ("substances", "Interaction"),
    ("substances", "PenaltyProfile"),
)


def the_type_of_pages() -> int:
    """All sign-offs until now are of pages."""
    return get_default_page_content_type().pk


def keep_ids(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    for row in apps.get_model("editorial", "SignOff").objects.all():
        row.object_id = str(row.page_id)
        row.save(update_fields=["object_id"])


def assign(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    assign_to_facts(apps, FACTS)


def release(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    for label, name in FACTS:
        types = apps.get_model("wagtailcore", "WorkflowContentType").objects
        types.filter(content_type__app_label=label, content_type__model=name.lower()).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        ("editorial", "0005_steps_are_sign_offs"),
        ("wagtailcore", "0098_apitoken"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="UrgentPublication",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("object_id", models.CharField(max_length=255)),
                ("title", models.CharField(max_length=255)),
                ("reason", models.TextField()),
                ("at", models.DateTimeField(default=prevention.clock.now)),
                ("due_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "told_at",
                    models.DateTimeField(
                        help_text="When the last mail was sent that it is overdue.", null=True
                    ),
                ),
                (
                    "base_content_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="contenttypes.contenttype",
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="confirmed_publications",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="wagtailcore.revision",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="urgent_publications",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-at",),
                "indexes": [
                    models.Index(fields=["base_content_type", "object_id"], name="urgent_by_text"),
                ],
            },
        ),
        migrations.AddField(
            model_name="signoff",
            name="base_content_type",
            field=models.ForeignKey(
                default=the_type_of_pages,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="contenttypes.contenttype",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="signoff",
            name="object_id",
            field=models.CharField(default="", max_length=255),
            preserve_default=False,
        ),
        migrations.RunPython(keep_ids, migrations.RunPython.noop),
        migrations.RemoveField(model_name="signoff", name="page"),
        migrations.AddIndex(
            model_name="signoff",
            index=models.Index(fields=["base_content_type", "object_id"], name="sign_offs_by_text"),
        ),
        migrations.RunPython(assign, release),
    ]
