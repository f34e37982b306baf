"""The legal status of substances with dates: past, present and announced.

When the law changes, the old row is not changed but gets an end, and a new row is added, as in official
registers. Penalties are stored once for each class, so that one edit corrects every page.
"""

from __future__ import annotations

import datetime
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, Panel
from wagtail.models import Orderable
from wagtail.snippets.models import register_snippet

from prevention import clock
from prevention.core.models import Fact, FactQuerySet
from prevention.delivery.content_version import SITE, per_version
from prevention.substances.models.vocabulary import DrugClass, Regime, Territory


class PenaltyProfile(Fact):
    """The highest penalties of a class under one law (Misuse of Drugs Act 1971, Schedule 4, and others)."""

    preview_template = "substances/penalty_preview.html"
    quoted_fields: ClassVar[tuple[str, ...]] = ("source_title",)

    regime = models.CharField(max_length=12, choices=Regime.choices)
    drug_class = models.CharField("class", max_length=1, choices=DrugClass.choices, blank=True)
    possession_max = models.CharField("having it", max_length=200)
    supply_max = models.CharField("supplying or making it", max_length=200)
    mode_of_trial = models.CharField(max_length=200, blank=True)
    source_title = models.CharField(max_length=255)
    source_url = models.URLField(max_length=500)

    objects = FactQuerySet.as_manager()

    class Meta:
        ordering = ("regime", "drug_class")
        constraints = (
            models.UniqueConstraint(fields=("regime", "drug_class"), name="unique_penalty_profile"),
        )

    def __str__(self) -> str:
        return f"{self.get_regime_display()} {self.get_drug_class_display()}".strip()

    @property
    def change_key(self) -> str:
        """The regime and the class, by which the log of changes names the profile."""
        return f"{self.regime} {self.drug_class}".strip()

    def preview_values(self) -> dict[str, Any]:
        """Return {"law": [row]} with a row of the law that these are the penalties of."""
        heading = self.get_drug_class_display() or self.get_regime_display()
        return {"law": [{"heading": heading, "regime_label": self.get_regime_display(), "penalties": self}]}


register_snippet(PenaltyProfile, viewset="prevention.substances.viewsets.PenaltyProfileViewSet")


@per_version(SITE)
def penalty_profiles() -> dict[tuple[str, str], PenaltyProfile]:
    """Return {(regime, class): profile} of every live profile."""
    return {(profile.regime, profile.drug_class): profile for profile in PenaltyProfile.objects.live()}


class LegalStatus(Orderable):
    """The legal status of one substance, in one territory, in a period.

    `effective_to` is the first day on which the row no longer applies; empty means until further notice.
    `effective_from` may be empty when the day could not be verified (decision 20).
    """

    quoted_fields: ClassVar[tuple[str, ...]] = ("instrument", "checked_against")

    page = ParentalKey("substances.SubstancePage", on_delete=models.CASCADE, related_name="legal_statuses")
    regime = models.CharField(max_length=12, choices=Regime.choices)
    drug_class = models.CharField("class", max_length=1, choices=DrugClass.choices, blank=True)
    schedule = models.CharField(
        max_length=10,
        blank=True,
        help_text="Schedule of the Misuse of Drugs Regulations 2001. They cover England, Wales and Scotland; "
        "Northern Ireland has its own Regulations, of 2002.",
    )
    territory = models.CharField(max_length=2, choices=Territory.choices, default=Territory.UK)
    effective_from = models.DateField(
        null=True,
        blank=True,
        help_text="Leave it empty when the day could not be verified; say the year in words.",
    )
    effective_to = models.DateField(null=True, blank=True)
    instrument = models.CharField(max_length=255, help_text="The Act or Order, with its number.")
    citation_url = models.URLField("web address of the instrument", max_length=500)
    plain_words = models.TextField(help_text="What it means, in one or two short sentences.")
    under_18_words = models.TextField("for under 18s", blank=True)
    exemptions = models.TextField(
        "lawful uses", blank=True, help_text="For example: on a doctor's prescription."
    )
    verified_on = models.DateField(
        null=True,
        blank=True,
        help_text="The day on which somebody last read the instrument. While this is empty only editors see "
        "the row, and the report 'Needs attention' lists it.",
    )
    checked_against = models.CharField(
        max_length=255,
        blank=True,
        help_text="Which text was read on that day. For example: the Order, on legislation.gov.uk.",
    )

    panels: ClassVar[list[Panel]] = [
        FieldRowPanel([FieldPanel("regime"), FieldPanel("drug_class"), FieldPanel("schedule")]),
        FieldRowPanel([FieldPanel("territory"), FieldPanel("effective_from"), FieldPanel("effective_to")]),
        FieldPanel("instrument"),
        FieldPanel("citation_url"),
        FieldPanel("plain_words"),
        FieldPanel("under_18_words"),
        FieldPanel("exemptions"),
        FieldRowPanel([FieldPanel("verified_on"), FieldPanel("checked_against")]),
    ]

    class Meta(Orderable.Meta):
        verbose_name_plural = "legal statuses"

    def __str__(self) -> str:
        return f"{self.heading} from {self.effective_from or 'an unverified day'}"

    def clean(self) -> None:
        """Check the row. Raises ValidationError for an end before the start, or a class that does not fit.

        Only the Misuse of Drugs Act 1971 has classes, and a status under it must give one. A day of checking
        without the text that was read can not be checked by anybody else.
        """
        super().clean()
        if self.effective_from and self.effective_to and self.effective_to <= self.effective_from:
            raise ValidationError({"effective_to": "The end must come after the start."})
        if self.regime == Regime.MDA and not self.drug_class:
            raise ValidationError({"drug_class": "Choose the class: the Misuse of Drugs Act has A, B and C."})
        if self.regime != Regime.MDA and self.drug_class:
            raise ValidationError({"drug_class": "Only the Misuse of Drugs Act has classes. Leave it empty."})
        if self.verified_on and not self.checked_against:
            raise ValidationError({"checked_against": "Say which text was read on the day of checking."})

    @property
    def heading(self) -> str:
        """The class in words, or the name of the law if there is no class."""
        return self.get_drug_class_display() or self.get_regime_display()

    @property
    def regime_label(self) -> str:
        """The name of the law."""
        return self.get_regime_display()

    @property
    def territory_label(self) -> str:
        """The name of the territory."""
        return self.get_territory_display()

    @property
    def is_verified(self) -> bool:
        """Whether somebody has checked it against its instrument; else only editors see it (decision 25)."""
        return self.verified_on is not None

    @property
    def penalties(self) -> PenaltyProfile | None:
        """The highest penalties for its law and class, or None; all substances of a class share them."""
        return penalty_profiles().get((self.regime, self.drug_class))

    def in_force(self, day: datetime.date | None = None) -> bool:
        """Return whether the row applies on `day` (default: today in London)."""
        day = day or clock.today()
        started = self.effective_from is None or self.effective_from <= day
        return started and (self.effective_to is None or day < self.effective_to)
