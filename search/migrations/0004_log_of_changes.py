"""Documents know which change they were made at; what a search server waits for is in the log of changes."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.db import migrations, models

before: Any = import_module("search.migrations.0003_intents")


class Migration(migrations.Migration):
    dependencies = [("search", "0003_intents"), ("core", "0002_log_of_changes")]

    # SQLite makes a table anew to add a column, and its triggers would be gone: the index goes first.
    operations = [
        migrations.RunPython(before.unmake, before.make),
        migrations.AddField(
            "searchdocument",
            "stamp",
            models.CharField(
                blank=True,
                default="",
                help_text="The place in the log of changes that it was made at.",
                max_length=36,
            ),
            preserve_default=False,
        ),
        migrations.RunPython(before.make, before.unmake),
        migrations.DeleteModel("WaitingDocument"),
    ]
