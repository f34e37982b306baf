"""The stamp of the content is a model of prevention.delivery now. Its table stays as it is."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_log_of_changes"),
        ("delivery", "0001_stamp"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name="ContentStamp")]),
    ]
