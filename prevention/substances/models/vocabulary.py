"""Closed lists and the family snippet."""

from __future__ import annotations

from django.db import models
from wagtail.snippets.models import register_snippet


class NameKind(models.TextChoices):
    """What sort of name it is."""

    SCIENTIFIC = "scientific", "Scientific name"
    GENERIC = "generic", "Generic name"
    BRAND = "brand", "Brand name"
    CHEMICAL = "chemical", "Chemical name"
    STREET = "street", "Street name"


class Regime(models.TextChoices):
    """The body of law that a status comes from."""

    MDA = "mda", "Misuse of Drugs Act 1971"
    PSA = "psa", "Psychoactive Substances Act 2016"
    TCDO = "tcdo", "Temporary class drug order"
    MEDICINES = "medicines", "Medicines law"
    AGE_OF_SALE = "age_of_sale", "Age-of-sale law"
    NONE = "none", "No drug law of its own"


class DrugClass(models.TextChoices):
    """The classes of the Misuse of Drugs Act 1971, Schedule 2."""

    A = "A", "Class A"
    B = "B", "Class B"
    C = "C", "Class C"


class Territory(models.TextChoices):
    """Where a status holds."""

    UK = "uk", "United Kingdom"
    ENGLAND_WALES = "ew", "England and Wales"
    SCOTLAND = "sc", "Scotland"
    NORTHERN_IRELAND = "ni", "Northern Ireland"


@register_snippet
class Family(models.Model):
    """One of the groups of the Drugs Wheel. A substance can be in several."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=60)
    description = models.CharField(
        max_length=255, help_text="One plain sentence: what drugs of this group do."
    )
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("order", "name")
        verbose_name_plural = "families"

    def __str__(self) -> str:
        return self.name
