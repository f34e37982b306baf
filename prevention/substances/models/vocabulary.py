"""Closed lists, and the families of drugs."""

from __future__ import annotations

from django.db import models
from wagtail.snippets.models import register_snippet

from prevention.core.models import LoggedModel, LoggedQuerySet


class NameKind(models.TextChoices):
    """What sort of name it is."""

    SCIENTIFIC = "scientific", "Scientific name"
    GENERIC = "generic", "Generic name"
    BRAND = "brand", "Brand name"
    CHEMICAL = "chemical", "Chemical name"
    STREET = "street", "Street name"
    # Of a group, or of a drug so close to another that one page speaks of both.
    MEMBER = "member", "Drug without a page of its own"


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


class Form(models.TextChoices):
    """What a substance can look like; each has a drawing in images/icons.svg under "form-" and its code."""

    POWDER = "powder", "Powder"
    CRYSTALS = "crystals", "Crystals"
    ROCK = "rock", "Small rocks"
    PILL = "pill", "Pills or tablets"
    CAPSULE = "capsule", "Capsules"
    LIQUID = "liquid", "Liquid"
    GAS = "gas", "Gas"
    PLANT = "plant", "Plant, leaves or seeds"
    MUSHROOM = "mushroom", "Mushrooms"
    RESIN = "resin", "Resin, wax or oil"
    PAPER = "paper", "Paper squares"
    VAPE = "vape", "Vape or vape liquid"
    SPRAY = "spray", "Spray"
    PATCH = "patch", "Skin patch"
    AMPOULE = "ampoule", "Glass ampoule"
    FOOD = "food", "Food"
    DRINK = "drink", "Drink"
    SWEETS = "sweets", "Sweets or gummies"
    POUCH = "pouch", "Small pouch"
    AEROSOL = "aerosol", "Aerosol can"
    SMOKE = "smoke", "Something to smoke"


class Route(models.TextChoices):
    """How a substance gets into the body."""

    SWALLOWING = "swallowing", "Swallowing"
    DRINKING = "drinking", "Drinking"
    EATING = "eating", "Eating"
    CHEWING = "chewing", "Chewing"
    MOUTH = "in-the-mouth", "Holding it in the mouth"
    TONGUE = "under-the-tongue", "Under the tongue"
    SNORTING = "snorting", "Snorting"
    SMOKING = "smoking", "Smoking"
    VAPING = "vaping", "Vaping"
    INHALING = "inhaling", "Breathing it in"
    SKIN = "on-the-skin", "On the skin"
    INJECTING = "injecting", "Injecting"
    RECTAL = "rectal", "Up the bum"


class Flag(models.TextChoices):
    """What else a substance is, beside its families (the outer rings of the Drugs Wheel)."""

    MEDICINE = "medicine", "Also a medicine"
    NPS = "nps", "New psychoactive substance"
    VOLATILE = "volatile", "Gas, glue or aerosol"
    ALCOHOL = "alcohol", "Alcohol"
    NICOTINE = "nicotine", "Has nicotine"
    IPED = "iped", "For looks or sport"
    PLANT = "plant", "From a plant or fungus"


class Level(models.TextChoices):
    """How bad a mixture is. On purpose there is no value that says safe or low risk."""

    DANGER = "danger", "Danger to life"
    SERIOUS = "serious", "Serious risk"
    CAUTION = "caution", "Take care: it can go wrong"
    UNKNOWN = "unknown", "Nobody knows enough"


class Reliability(models.TextChoices):
    """How sure what is said of a mixture is."""

    PROVEN = "proven", "Seen in people"
    INFERRED = "inferred", "Expected from how both work"
    HYPOTHETICAL = "hypothetical", "Possible, but little studied"


@register_snippet
class Family(LoggedModel):
    """One of the groups of the Drugs Wheel. A substance can be in several."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=60)
    description = models.CharField(
        max_length=255, help_text="One plain sentence: what drugs of this group do."
    )
    order = models.PositiveSmallIntegerField(default=0)

    objects = LoggedQuerySet.as_manager()

    class Meta:
        ordering = ("order", "name")
        verbose_name_plural = "families"

    def __str__(self) -> str:
        return self.name

    @property
    def change_key(self) -> str:
        return self.slug
