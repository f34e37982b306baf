"""The nations of the UK, between which law, schools, helplines and services differ."""

from __future__ import annotations

from django.db.models import TextChoices


class Nation(TextChoices):
    """A nation of the UK; its value is the code in the API, in fields and in the settings."""

    ENGLAND = "england", "England"
    SCOTLAND = "scotland", "Scotland"
    WALES = "wales", "Wales"
    NORTHERN_IRELAND = "ni", "Northern Ireland"
