"""What a moderator has published without a review because it was urgent, and who has confirmed it since."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from wagtail.models import Revision

from prevention import clock

CONFIRM_WITHIN = datetime.timedelta(days=1)


class UrgentPublicationQuerySet(models.QuerySet["UrgentPublication"]):
    """Reads of urgent publications."""

    def for_instance(self, instance: Any) -> UrgentPublicationQuerySet:
        """Return the urgent publications of one fact."""
        return self.filter(base_content_type=instance.get_base_content_type(), object_id=str(instance.pk))

    def owed(self) -> UrgentPublicationQuerySet:
        """Return those that are live and that no second person has confirmed yet, the longest due first."""
        return self.filter(confirmed_at=None, ended_at=None).order_by("due_at")

    def overdue(self) -> UrgentPublicationQuerySet:
        """Return those that should have been confirmed by now."""
        return self.owed().filter(due_at__lte=clock.now())


class UrgentPublication(models.Model):
    """One text of one fact that one person published: who, when, why. A second person owes a confirmation.

    `ended_at`: its text is not live any more, since another was published, or it was withdrawn. Then there is
    nothing left to confirm.
    """

    # What it is about, in Wagtail's names.
    base_content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.CharField(max_length=255)
    content_object = GenericForeignKey("base_content_type", "object_id")
    title = models.CharField(max_length=255)
    revision = models.ForeignKey(Revision, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.TextField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="urgent_publications"
    )
    at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="confirmed_publications"
    )
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True, help_text="When the last mail was sent that it is overdue.")

    objects = UrgentPublicationQuerySet.as_manager()

    class Meta:
        ordering = ("-at",)
        indexes = (models.Index(fields=("base_content_type", "object_id"), name="urgent_by_text"),)

    def __str__(self) -> str:
        return f"{self.title}, published urgently on {clock.day_of(self.at):%d %B %Y}"

    @property
    def is_owed(self) -> bool:
        """True while a second person has to confirm it."""
        return self.confirmed_at is None and self.ended_at is None

    @property
    def is_overdue(self) -> bool:
        """True when it should have been confirmed by now."""
        return self.is_owed and self.due_at <= clock.now()

    @property
    def state(self) -> str:
        """What became of it, in a few words."""
        if self.confirmed_at:
            return f"Confirmed by {self.confirmed_by or 'somebody'}"
        if self.ended_at:
            return "Not live any more"
        return "Overdue: confirm or withdraw it" if self.is_overdue else "Waits for a second person"
