"""The model of an alert: a warning about a drug or a place, with an end date."""

from __future__ import annotations

import datetime
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, Panel
from wagtail.snippets.models import register_snippet

from prevention import clock
from prevention.core.models import Fact, FactQuerySet
from prevention.substances.models import SubstancePage

# Readers stop reading a warning that stays for ever; local drug information systems end theirs too.
LONGEST_ALERT = datetime.timedelta(days=92)


class AlertQuerySet(FactQuerySet["Alert"]):
    """Reads of alerts."""

    def active(self, day: datetime.date | None = None) -> AlertQuerySet:
        """Return the live alerts that are in force on `day` (default: today in London)."""
        day = day or clock.today()
        return self.live().filter(effective_from__lte=day, expires_on__gt=day)


class Alert(Fact):
    """A warning that is shown from `effective_from` until the day before `expires_on`.

    It is shown on the pages of its substances or, without any, on every page that shows alerts.
    """

    hard = True
    preview_template = "alerts/alert_preview.html"
    shown_where = "Without substances, it stands on every page."

    class Level(models.TextChoices):
        """How serious the warning is."""

        DANGER = "danger", "Danger to life"
        WARNING = "warning", "Warning"
        INFO = "info", "Information"

    title = models.CharField(max_length=120)
    summary = models.CharField(
        max_length=300, help_text="What to look for and what to do. No price, no seller."
    )
    level = models.CharField(max_length=8, choices=Level.choices, default=Level.WARNING)
    substances = ParentalManyToManyField(
        SubstancePage, blank=True, help_text="Leave empty to show it on every page that shows alerts."
    )
    source_title = models.CharField(max_length=200)
    url = models.URLField("web address of the source", max_length=500)
    effective_from = models.DateField(default=clock.today)
    expires_on = models.DateField(
        help_text="The first day on which it is no longer shown, at most three months on."
    )

    panels: ClassVar[list[Panel]] = [
        FieldPanel("title"),
        FieldPanel("summary"),
        FieldPanel("level"),
        FieldPanel("substances"),
        FieldPanel("source_title"),
        FieldPanel("url"),
        FieldRowPanel([FieldPanel("effective_from"), FieldPanel("expires_on")]),
    ]
    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ("-effective_from", "title")

    def __str__(self) -> str:
        return self.title

    def preview_values(self) -> dict[str, Any]:
        """Return {"alerts": [itself]}, as pages show alerts."""
        return {"alerts": [self]}

    def clean(self) -> None:
        """Raise ValidationError for an end that is not after the start, or is over three months after it."""
        super().clean()
        if not (self.effective_from and self.expires_on):
            return
        if self.expires_on <= self.effective_from:
            raise ValidationError({"expires_on": "The end must come after the start."})
        if self.expires_on - self.effective_from > LONGEST_ALERT:
            raise ValidationError(
                {"expires_on": "Choose an end within three months; an alert can be renewed."}
            )


register_snippet(Alert, viewset="prevention.alerts.viewsets.AlertViewSet")
