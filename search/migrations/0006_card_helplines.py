"""Cards choose helplines; what stood there were codes. They get the wordings that they are held to.

A code that no helpline has is dropped: it showed nothing.
"""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
import modelcluster.fields
from django.apps.registry import Apps
from django.db import migrations, models

import prevention.core.fields


def choose(apps: Apps, schema_editor: Any) -> None:
    """Choose the helplines that the codes name, in their order."""
    by_code = {line.code: line for line in apps.get_model("help", "Helpline").objects.all()}
    rows = apps.get_model("search", "CardHelpline").objects
    for intent in apps.get_model("search", "Intent").objects.all():
        codes = [code for code in dict.fromkeys(intent.codes.split()) if code in by_code]
        for order, code in enumerate(codes):
            rows.create(intent=intent, helpline=by_code[code], sort_order=order)


def write_codes(apps: Apps, schema_editor: Any) -> None:
    """Write the codes of the chosen helplines."""
    rows = apps.get_model("search", "CardHelpline").objects
    for intent in apps.get_model("search", "Intent").objects.all():
        chosen = rows.filter(intent=intent).order_by("sort_order")
        intent.codes = " ".join(chosen.values_list("helpline__code", flat=True))
        intent.save()


class Migration(migrations.Migration):
    dependencies = [
        ("search", "0005_facts_have_drafts"),
        ("help", "0007_facts_are_derived"),
    ]

    operations = [
        migrations.RenameField(model_name="intent", old_name="helplines", new_name="codes"),
        migrations.CreateModel(
            name="CardHelpline",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sort_order", models.IntegerField(blank=True, editable=False, null=True)),
                (
                    "helpline",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="help.helpline",
                    ),
                ),
                (
                    "intent",
                    modelcluster.fields.ParentalKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="helplines",
                        to="search.intent",
                    ),
                ),
            ],
            options={
                "ordering": ["sort_order"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("intent", "helpline"), name="unique_line_per_card")
                ],
            },
        ),
        migrations.RunPython(choose, write_codes),
        migrations.RemoveField(model_name="intent", name="codes"),
        migrations.AddField(
            model_name="intent",
            name="wordings",
            field=prevention.core.fields.LinesField(
                blank=True,
                help_text="Questions as people type them, one to a line, that have to bring up this card. Before a change of what brings it up is saved, you see which of them it catches.",
                verbose_name="known wordings",
            ),
        ),
        migrations.AddField(
            model_name="intent",
            name="wordings_source",
            field=models.CharField(
                blank=True,
                help_text="Who collected them, and when.",
                max_length=255,
                verbose_name="where they come from",
            ),
        ),
        migrations.AlterField(
            model_name="wordlist",
            name="code",
            field=models.SlugField(
                choices=[
                    ("context", "Words that show that a sentence is about drugs"),
                    ("plain", "Words that are spelt right and are no drugs, though no dictionary has them"),
                    ("calm", "Questions that must bring up no urgent card"),
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
    ]
