"""What is dialled and the hours in words are derived now; what a call costs stays as it was written.

The ledger of the starter content keeps a hash of each helpline as it was loaded. Of those that nobody has
changed since, it gets the hash of the new form, so that they still count as untouched.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models

import prevention.core.fields

NATIONS = ("england", "scotland", "wales", "ni")
# A sentence about times of opening; the other sentences are about costs.
TIMES = re.compile(r"\b(day|night|hours?|week(end)?|24|\w+day|\d+(\.\d+)?\s?[ap]m)\b", re.IGNORECASE)
OLD = [
    "code",
    "name",
    "what_for",
    "phone",
    "tel",
    "text_number",
    "text_message",
    "url",
    "hours",
    "opening",
    "nations",
    "kind",
    "order",
]
NEW = [
    "code",
    "name",
    "what_for",
    "phone",
    "text_number",
    "text_message",
    "url",
    "opening",
    "cost",
    "nations",
    "kind",
    "order",
]
SOURCE = ["source_title", "source_url", "verified_on"]


def cost_of(hours: str) -> str:
    """Return the sentences of the hours in words that say no time: 'Day and night. Free.' -> 'Free.'"""
    sentences = re.split(r"(?<=[.!?])\s+", hours.strip())
    return " ".join(sentence for sentence in sentences if sentence and not TIMES.search(sentence))


def hash_of(line: Any, fields: list[str]) -> str:
    """Return the hash of a helpline's state, as the loader of the starter writes it into its ledger."""
    state: dict[str, Any] = {}
    for name in [*fields, *SOURCE]:
        value = getattr(line, name)
        if name == "opening":
            value = [row.strip() for row in value.splitlines() if row.strip()]
        elif name == "nations":
            value = sorted(value.split(), key=NATIONS.index)
        if value not in ("", [], 0):
            state[name] = value
    text = json.dumps(state, sort_keys=True, ensure_ascii=False, default=lambda day: day.isoformat())
    return hashlib.sha256(text.encode()).hexdigest()


def derive(apps: Apps, schema_editor: Any) -> None:
    """Keep the cost, dial what is shown, and rewrite the ledger."""
    ledger = apps.get_model("home", "StarterEntry").objects
    for line in apps.get_model("help", "Helpline").objects.all():
        entry = ledger.filter(key__startswith="help.Helpline:", pointer=str(line.pk)).first()
        untouched = entry is not None and entry.written == hash_of(line, OLD)
        line.phone = line.phone or line.tel
        line.cost = cost_of(line.hours)
        line.save()
        if entry is not None and untouched:
            entry.written = hash_of(line, NEW)
            entry.save()


def restore(apps: Apps, schema_editor: Any) -> None:
    """Write the dialled number again, and the cost as the words."""
    for line in apps.get_model("help", "Helpline").objects.all():
        line.tel, line.hours = line.phone.replace(" ", ""), line.cost
        line.save()


class Migration(migrations.Migration):
    dependencies = [
        ("help", "0006_explained"),
        ("home", "0005_sign_off"),
    ]

    operations = [
        migrations.AddField(
            model_name="helpline",
            name="cost",
            field=models.CharField(
                blank=True,
                default="",
                help_text="What it costs, and whether it shows on the bill: 'Free, even with no credit.'",
                max_length=200,
            ),
            preserve_default=False,
        ),
        migrations.RunPython(derive, restore),
        migrations.RemoveField(model_name="helpline", name="hours"),
        migrations.RemoveField(model_name="helpline", name="tel"),
        migrations.AlterField(
            model_name="helpline",
            name="opening",
            field=prevention.core.fields.LinesField(
                blank=True,
                help_text="One to a line, such as 'mon-thu 18:00-02:00', or 'always'. Readers see them in words. Empty: not known, and readers are told to look at the website.",
                verbose_name="opening hours",
            ),
        ),
    ]
