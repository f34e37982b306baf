"""The nations of the UK: law, schools, helplines and services differ between them."""

from __future__ import annotations

from django.db.models import TextChoices


class Nation(TextChoices):
    """A nation of the UK, by the code that the API, the counts and the settings use."""

    ENGLAND = "england", "England"
    SCOTLAND = "scotland", "Scotland"
    WALES = "wales", "Wales"
    NORTHERN_IRELAND = "ni", "Northern Ireland"
