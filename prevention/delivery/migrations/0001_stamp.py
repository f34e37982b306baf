"""Take over the stamp of the content from prevention.core, table and rows as they are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0002_log_of_changes"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="ContentStamp",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("scope", models.CharField(default="", max_length=10, unique=True)),
                        ("version", models.PositiveBigIntegerField(default=0)),
                        ("token", models.CharField(blank=True, max_length=16)),
                    ],
                    options={"db_table": "core_contentstamp"},
                ),
            ],
        ),
    ]
