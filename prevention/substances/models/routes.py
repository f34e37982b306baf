"""The ways in which a substance is taken, each with its risk (schema.org: administrationRoute)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.models import Orderable

from prevention.substances.models.vocabulary import Route


class SubstanceRoute(Orderable):
    """One way of taking a substance, and its risk. Editors never give a preparation or an amount here."""

    page = ParentalKey("substances.SubstancePage", on_delete=models.CASCADE, related_name="routes")
    route = models.CharField(max_length=20, choices=Route.choices)
    risk = models.CharField(max_length=300)

    panels: ClassVar[list[Panel]] = [FieldPanel("route"), FieldPanel("risk")]

    class Meta(Orderable.Meta):
        constraints = (models.UniqueConstraint(fields=("page", "route"), name="unique_route_per_substance"),)

    def __str__(self) -> str:
        return str(self.get_route_display())

    @property
    def route_label(self) -> str:
        """The way in words, for example "Under the tongue"."""
        return str(self.get_route_display())
