"""Intents instead of urgent phrases alone, lists of words, whom a page is for; the text index made anew for it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import prevention.core.fields

before: Any = import_module("search.migrations.0002_full_text")

POSTGRESQL = (
    """ALTER TABLE search_searchdocument ADD COLUMN vector tsvector GENERATED ALWAYS AS (
       setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', summary), 'B') ||
       setweight(to_tsvector('english', body), 'D')) STORED""",
    before.POSTGRESQL[1],
    """ALTER TABLE search_searchdocument ADD COLUMN beginnings tsvector GENERATED ALWAYS AS (
       to_tsvector('simple', title || ' ' || names)) STORED""",
    "CREATE INDEX search_beginnings ON search_searchdocument USING gin (beginnings)",
)
POSTGRESQL_REVERSE = (
    "DROP INDEX search_beginnings",
    "ALTER TABLE search_searchdocument DROP COLUMN beginnings",
    *before.POSTGRESQL_REVERSE,
)
SQLITE = (
    before.SQLITE[0].replace("diacritics 2'", "diacritics 2', prefix='2 3'"),
    *before.SQLITE[1:],
    "INSERT INTO search_fts(search_fts) VALUES ('rebuild')",
)


def make(apps: Any, schema_editor: Any) -> None:
    before._run(schema_editor, SQLITE, POSTGRESQL)


def unmake(apps: Any, schema_editor: Any) -> None:
    before._run(schema_editor, before.SQLITE_REVERSE, POSTGRESQL_REVERSE)


PHRASES = (
    "One to a line, as people type them. A line counts when all its words are in the question, close "
    "together, in any order and any form ('overdosed' also finds 'overdosing'). Begin a line with ! for an "
    "exception, and a word with = when only this very form of it counts ('=fitting', not 'fit')."
)


class Migration(migrations.Migration):
    dependencies = [
        ("search", "0002_full_text"),
        migrations.swappable_dependency(settings.WAGTAIL_PAGE_MODEL),
    ]

    # SQLite makes a table anew to add a column, and its triggers would be gone: the index goes first.
    operations = [
        migrations.RunPython(before.backwards, before.forwards),
        migrations.AddField(
            "searchdocument",
            "audience",
            models.CharField(
                choices=[
                    ("young-people", "Young people"),
                    ("parents", "Parents and carers"),
                    ("teachers", "Teachers"),
                ],
                default="young-people",
                max_length=20,
            ),
        ),
        migrations.RunPython(make, unmake),
        migrations.RenameModel("UrgentIntent", "Intent"),
        migrations.AddField(
            "intent",
            "urgent",
            models.BooleanField(
                default=True, help_text="Shown above everything else, in red. Only for what can not wait."
            ),
        ),
        migrations.AlterField(
            "intent",
            "urgent",
            models.BooleanField(
                default=False, help_text="Shown above everything else, in red. Only for what can not wait."
            ),
        ),
        migrations.AddField(
            "intent",
            "page",
            models.ForeignKey(
                blank=True,
                help_text="Where to read on.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.WAGTAIL_PAGE_MODEL,
            ),
        ),
        migrations.AlterField(
            "intent",
            "code",
            models.SlugField(help_text="Used in the API and in the counts. Never change it.", unique=True),
        ),
        migrations.AlterField(
            "intent",
            "helplines",
            models.CharField(
                blank=True, help_text="Codes of helplines, the first one first, with spaces.", max_length=200
            ),
        ),
        migrations.AlterField(
            "intent", "phrases", prevention.core.fields.LinesField(blank=True, help_text=PHRASES)
        ),
        migrations.CreateModel(
            name="WaitingDocument",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("page_id", models.PositiveIntegerField(unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="WordList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.SlugField(
                        choices=[
                            ("context", "Words that show that a sentence is about drugs"),
                            (
                                "plain",
                                "Words that are spelt right and are no drugs, though no dictionary has them",
                            ),
                            (
                                "same",
                                "Words that mean the same in phrases (each line: the first word, then its like)",
                            ),
                            ("england", "Places in England"),
                            ("scotland", "Places in Scotland"),
                            ("wales", "Places in Wales"),
                            ("ni", "Places in Northern Ireland"),
                        ],
                        unique=True,
                    ),
                ),
                ("words", prevention.core.fields.LinesField(blank=True, help_text="One to a line.")),
            ],
            options={"verbose_name": "list of words", "verbose_name_plural": "lists of words"},
        ),
    ]
