"""The fixed vocabularies of substances, and the families of drugs, which editors maintain."""

from __future__ import annotations

from django.db import models
from wagtail.snippets.models import register_snippet

from prevention.core.models import LoggedModel, LoggedQuerySet


class NameKind(models.TextChoices):
    """The kinds of names."""

    SCIENTIFIC = "scientific", "Scientific name"
    GENERIC = "generic", "Generic name"
    BRAND = "brand", "Brand name"
    CHEMICAL = "chemical", "Chemical name"
    STREET = "street", "Street name"
    # A drug that is described on the page of its group, or of another drug that is nearly the same.
    MEMBER = "member", "Drug without a page of its own"


class Regime(models.TextChoices):
    """The laws that a legal status can come from."""

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
    """The parts of the UK in which a legal status applies."""

    UK = "uk", "United Kingdom"
    ENGLAND_WALES = "ew", "England and Wales"
    SCOTLAND = "sc", "Scotland"
    NORTHERN_IRELAND = "ni", "Northern Ireland"


class Form(models.TextChoices):
    """What a substance can look like. Each has a drawing with the id "form-<code>" in images/icons.svg."""

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
    """The ways in which a substance gets into the body."""

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
    """Further properties of a substance besides its families (the outer rings of the Drugs Wheel)."""

    MEDICINE = "medicine", "Also a medicine"
    NPS = "nps", "New psychoactive substance"
    VOLATILE = "volatile", "Gas, glue or aerosol"
    ALCOHOL = "alcohol", "Alcohol"
    NICOTINE = "nicotine", "Has nicotine"
    IPED = "iped", "For looks or sport"
    PLANT = "plant", "From a plant or fungus"


class Level(models.TextChoices):
    """How dangerous a mixture is. There is on purpose no level that means safe or low risk."""

    DANGER = "danger", "Danger to life"
    SERIOUS = "serious", "Serious risk"
    CAUTION = "caution", "Take care: it can go wrong"
    UNKNOWN = "unknown", "Nobody knows enough"


class Reliability(models.TextChoices):
    """How well a statement about a mixture is supported."""

    PROVEN = "proven", "Seen in people"
    INFERRED = "inferred", "Expected from how both work"
    HYPOTHETICAL = "hypothetical", "Possible, but little studied"


class Family(LoggedModel):
    """A family of drugs, after the groups of the Drugs Wheel. A substance can be in several."""

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
        """The slug, by which the log of changes names the family."""
        return self.slug


register_snippet(Family, viewset="prevention.substances.viewsets.FamilyViewSet")
