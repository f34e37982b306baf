"""The ledger of the loader; in a site that is older than it, with everything that the starter has ever made.

The file beside this one has {key: hash of its state} of the whole starter as it was before there was a ledger,
as the loader of then wrote it. What is not there any more was removed by editors, and stays removed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models

import prevention.clock

SHIPPED = Path(__file__).with_suffix(".json")
IDENTITY = {
    "help.Helpline": ("code",),
    "resources.KeyStage": ("slug",),
    "resources.RiskGroup": ("slug",),
    "search.Intent": ("code",),
    "search.WordList": ("code",),
    "substances.Family": ("slug",),
    "substances.PenaltyProfile": ("regime", "drug_class"),
}
PAIRS = "substances.Interaction"


def fill(apps: Apps, schema_editor: Any) -> None:
    """Write a line for each key; none where the starter was never loaded."""
    shipped: dict[str, str] = json.loads(SHIPPED.read_text(encoding="utf-8"))
    pages = dict(_pages(apps, shipped))
    found = {key: str(translation_key) for key, (_, translation_key) in pages.items()}
    slugs = {number: key.partition(":")[2] for key, (number, _) in pages.items()}
    found |= dict(_snippets(apps)) | dict(_pairs(apps, slugs))
    if found.keys() & shipped.keys():
        line = apps.get_model("home", "StarterEntry")
        line.objects.bulk_create(
            line(key=key, pointer=found.get(key, ""), written=written) for key, written in shipped.items()
        )


def _pages(apps: Apps, shipped: dict[str, str]) -> Iterator[tuple[str, tuple[int, Any]]]:
    """Yield (key, (id, translation key)) of the pages that are there, under whatever slug."""
    labels = {key.partition(":")[0] for key in shipped}
    for label in sorted(labels - {*IDENTITY, PAIRS}):
        slugs = {key.partition(":")[2] for key in shipped if key.startswith(f"{label}:")}
        rows = apps.get_model(label).objects.values_list("slug", "pk", "translation_key")
        present = {slug: (number, key) for slug, number, key in rows}
        others = {number: key for slug, (number, key) in present.items() if slug not in slugs}
        for slug in sorted(slugs):
            if slug in present:
                yield f"{label}:{slug}", present[slug]
            elif others and (number := _renamed(apps, label, slug, others)):
                yield f"{label}:{slug}", (number, others.pop(number))


def _renamed(apps: Apps, label: str, slug: str, others: dict[int, Any]) -> int | None:
    """Return the id of the page, one of `others`, that once had this slug: its revisions say so."""
    app, model = label.lower().split(".")
    revisions = apps.get_model("wagtailcore", "Revision").objects.filter(
        content_type__app_label=app,
        content_type__model=model,
        content__slug=slug,
        object_id__in=[str(number) for number in others],
    )
    first = revisions.order_by("pk").values_list("object_id", flat=True).first()
    return int(first) if first else None


def _snippets(apps: Apps) -> Iterator[tuple[str, str]]:
    for label, fields in IDENTITY.items():
        for number, *parts in apps.get_model(label).objects.values_list("pk", *fields):
            yield f"{label}:{'/'.join(parts)}", str(number)


def _pairs(apps: Apps, slugs: dict[int, str]) -> Iterator[tuple[str, str]]:
    rows = apps.get_model(PAIRS).objects.values_list("pk", "first_id", "second_id")
    for number, *pair in rows:
        if all(page in slugs for page in pair):
            yield f"{PAIRS}:{'/'.join(sorted(slugs[page] for page in pair))}", str(number)


class Migration(migrations.Migration):
    dependencies = [
        ("home", "0003_search_words"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("help", "0002_search_words"),
        ("resources", "0003_search_words"),
        ("search", "0004_log_of_changes"),
        ("substances", "0003_search_words"),
    ]

    operations = [
        migrations.CreateModel(
            name="StarterEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        help_text="Its model and its slug or code in the files, with a colon.",
                        max_length=200,
                        unique=True,
                    ),
                ),
                (
                    "pointer",
                    models.CharField(
                        blank=True,
                        help_text="The translation key of the page, or the id of the snippet.",
                        max_length=36,
                    ),
                ),
                (
                    "written",
                    models.CharField(
                        blank=True,
                        help_text="Hash of the state as it was written. Empty: an editor made it.",
                        max_length=64,
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        blank=True,
                        help_text="Hash of its part of the files when it was last compared.",
                        max_length=64,
                    ),
                ),
                (
                    "told",
                    models.CharField(
                        blank=True,
                        help_text="Why it was left alone, once that was said and need not be again.",
                        max_length=10,
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(
                        default=prevention.clock.now, help_text="When it was made or last updated."
                    ),
                ),
            ],
            options={"verbose_name_plural": "starter entries", "ordering": ("pk",)},
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
