"""The log of changes, and the triggers of the database that number it as a transaction commits.

PostgreSQL: a deferred constraint trigger, so that the stamp's row is locked last and for the shortest time. To
lock it in the middle of a transaction deadlocks with others that hold rows of pages. SQLite has one writer.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

import prevention.clock
import prevention.core.models.changes

POSTGRESQL = (
    """CREATE FUNCTION core_number_change() RETURNS trigger LANGUAGE plpgsql AS $$
       DECLARE number bigint;
       BEGIN
         INSERT INTO core_contentstamp (scope, version, token) VALUES ('', 1, NEW.token)
           ON CONFLICT (scope) DO UPDATE SET version = core_contentstamp.version + 1, token = NEW.token
           RETURNING version INTO number;
         INSERT INTO core_contentstamp (scope, version, token) VALUES (NEW.scope, number, NEW.token)
           ON CONFLICT (scope) DO UPDATE SET version = number, token = NEW.token;
         UPDATE core_contentchange SET version = number WHERE id = NEW.id;
         RETURN NULL;
       END $$""",
    """CREATE CONSTRAINT TRIGGER core_number_change AFTER INSERT ON core_contentchange
       DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION core_number_change()""",
    """CREATE FUNCTION core_keep_change() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'A change that was logged is never altered.'; END $$""",
    """CREATE TRIGGER core_keep_change BEFORE UPDATE ON core_contentchange
       FOR EACH ROW WHEN (OLD.version IS NOT NULL) EXECUTE FUNCTION core_keep_change()""",
)
POSTGRESQL_REVERSE = (
    "DROP TRIGGER core_keep_change ON core_contentchange",
    "DROP TRIGGER core_number_change ON core_contentchange",
    "DROP FUNCTION core_keep_change",
    "DROP FUNCTION core_number_change",
)
SQLITE = (
    """CREATE TRIGGER core_number_change AFTER INSERT ON core_contentchange BEGIN
       INSERT INTO core_contentstamp (scope, version, token) VALUES ('', 1, NEW.token)
         ON CONFLICT (scope) DO UPDATE SET version = version + 1, token = NEW.token;
       INSERT INTO core_contentstamp (scope, version, token)
         SELECT NEW.scope, version, token FROM core_contentstamp WHERE scope = ''
         ON CONFLICT (scope) DO UPDATE SET version = excluded.version, token = excluded.token;
       UPDATE core_contentchange SET version = (SELECT version FROM core_contentstamp WHERE scope = '')
         WHERE id = NEW.id;
       END""",
    """CREATE TRIGGER core_keep_change BEFORE UPDATE ON core_contentchange WHEN OLD.version IS NOT NULL
       BEGIN SELECT RAISE(ABORT, 'A change that was logged is never altered.'); END""",
)
SQLITE_REVERSE = ("DROP TRIGGER core_keep_change", "DROP TRIGGER core_number_change")


def number(apps: Any, schema_editor: Any) -> None:
    _run(schema_editor, SQLITE, POSTGRESQL)


def stop_numbering(apps: Any, schema_editor: Any) -> None:
    _run(schema_editor, SQLITE_REVERSE, POSTGRESQL_REVERSE)


def _run(schema_editor: Any, sqlite: tuple[str, ...], postgresql: tuple[str, ...]) -> None:
    for statement in sqlite if schema_editor.connection.vendor == "sqlite" else postgresql:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="JobRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, unique=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("succeeded_at", models.DateTimeField(null=True)),
                ("next_at", models.DateTimeField(null=True)),
                (
                    "error",
                    models.TextField(blank=True, help_text="Of the last run; empty when it went well."),
                ),
                ("said", models.TextField(blank=True, help_text="What the last run printed.")),
                (
                    "claimed_until",
                    models.DateTimeField(help_text="No other process runs it before then.", null=True),
                ),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="ReaderCursor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, unique=True)),
                ("version", models.PositiveBigIntegerField(default=0)),
                ("token", models.CharField(blank=True, max_length=16)),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "failures",
                    models.PositiveIntegerField(default=0, help_text="One after the other, until now."),
                ),
                ("error", models.CharField(blank=True, max_length=500)),
                ("retry_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.AddField(
            model_name="contentstamp",
            name="scope",
            field=models.CharField(default="", max_length=10, unique=True),
        ),
        migrations.AddField(
            model_name="contentstamp",
            name="token",
            field=models.CharField(blank=True, max_length=16),
        ),
        migrations.AlterField(
            model_name="contentstamp",
            name="version",
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.CreateModel(
            name="ContentChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveBigIntegerField(editable=False, null=True, unique=True)),
                (
                    "token",
                    models.CharField(
                        default=prevention.core.models.changes.new_token, editable=False, max_length=16
                    ),
                ),
                ("at", models.DateTimeField(default=prevention.clock.now)),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("site", "site"),
                            ("schools", "schools"),
                            ("search", "search"),
                            ("figures", "figures"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        help_text="Of a page its kind, else the name of the model.", max_length=40
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        help_text="What it keeps for ever: of a page its translation key.", max_length=120
                    ),
                ),
                (
                    "page_pk",
                    models.PositiveIntegerField(help_text="Of a page: its id in this database.", null=True),
                ),
                ("title", models.CharField(blank=True, max_length=255)),
                ("slug", models.CharField(blank=True, max_length=255)),
                (
                    "old_address",
                    models.CharField(blank=True, help_text="Of something that was moved.", max_length=2000),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("published", "Published"),
                            ("updated", "Updated"),
                            ("moved", "Moved"),
                            ("withdrawn", "Withdrawn"),
                            ("expired", "Expired"),
                            ("restored", "Restored"),
                            ("in force", "In force"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "hard",
                    models.BooleanField(
                        default=False, help_text="No reader may get the former answer any more."
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        blank=True,
                        help_text="kind:key of what was changed, when it is not this itself.",
                        max_length=161,
                    ),
                ),
                (
                    "reason",
                    models.CharField(blank=True, help_text="In the words of who made it.", max_length=255),
                ),
                (
                    "replacement",
                    models.CharField(
                        blank=True, help_text="kind:key of what to show instead.", max_length=161
                    ),
                ),
                (
                    "drop_by",
                    models.DateTimeField(help_text="When partners must have stopped showing it.", null=True),
                ),
                (
                    "effective_at",
                    models.DateTimeField(
                        help_text="When it began to hold, if not by being saved.", null=True
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
                "indexes": [models.Index(fields=["key"], name="changes_by_key")],
            },
        ),
        migrations.RunPython(number, stop_numbering),
    ]
