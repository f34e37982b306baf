"""The base class of facts outside pages: they have drafts, revisions and reviews (decision 57)."""

from __future__ import annotations

from typing import Any, ClassVar, Self, TypeVar, final

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpRequest
from modelcluster.models import ClusterableModel
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    Revision,
    RevisionMixin,
    WorkflowMixin,
)

from prevention.core.fact_forms import FactForm
from prevention.core.models.bookkeeping import may_be_overwritten
from prevention.core.models.logged import LoggedModel, LoggedQuerySet
from prevention.core.publishing import Errors, broken_rules

M = TypeVar("M", bound=models.Model)


class FactQuerySet(LoggedQuerySet[M]):
    """Reads of facts. What is shown to readers, or given to partners, is read through `live`."""

    def live(self) -> Self:
        """Return the facts that are public; a draft of a change of one leaves its row as it is."""
        return self.filter(live=True)


class Fact(
    WorkflowMixin,
    DraftStateMixin,
    LockableMixin,
    RevisionMixin,
    PreviewableMixin,
    LoggedModel,
    ClusterableModel,
):
    """A fact outside pages: a mixing record, a helpline, a card, a penalty, an alert, a list of words.

    A subclass needs a manager of FactQuerySet. Its row holds what is live; drafts are revisions. A fact that
    was never published, or was withdrawn, has a row with `live` false.
    """

    base_form_class = FactForm
    has_drafts = True
    # The template that shows it as readers see it, with the fact as `object`; '': nothing to see.
    preview_template: ClassVar[str] = ""
    # Where it shows besides the pages that the log of changes knows of, in a sentence for editors.
    shown_where: ClassVar[str] = ""

    class Meta:
        abstract = True

    @property
    def is_public(self) -> bool:
        return bool(self.live)

    # Publishing

    @final
    def publishing_errors(self) -> Errors:
        """Return what forbids that it is live as it is in memory: {field: sentence}.

        A draft may be incomplete, so this also asks what the form of a draft does not ask. A model adds its
        own rules in `missing_for_publishing`.
        """
        errors: Errors = {}
        try:
            self.full_clean()
        except ValidationError as error:
            errors = {name: " ".join(texts) for name, texts in error.message_dict.items()}
        return {**errors, **broken_rules(self), **self.missing_for_publishing()}

    def missing_for_publishing(self) -> Errors:
        """Return what this kind of fact must have before it is published, and lacks: {field: sentence}."""
        return {}

    @transaction.atomic
    def save_revision(self, *args: Any, **kwargs: Any) -> Revision:
        """Save a revision. Of a live row without any, what is live is kept as the first one.

        The loader and code make no revisions; so the first change can be compared with what it changed. An
        autosave does not write over a revision that is live or has been handed in: that is what others read.
        """
        former = kwargs.get("overwrite_revision")
        if former and not may_be_overwritten(self, former):
            kwargs["overwrite_revision"] = None
        if self.pk and self.latest_revision_id is None:
            stored = type(self)._base_manager.filter(pk=self.pk, live=True).first()
            if stored is not None:
                self.latest_revision = self.live_revision = Revision.objects.create(
                    content_object=stored,
                    base_content_type=stored.get_base_content_type(),
                    content=stored.serializable_data(),
                    object_str=str(stored),
                )
                self.save(update_fields=["latest_revision", "live_revision"])
        revision: Revision = super().save_revision(*args, **kwargs)
        return revision

    # Previews

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        """One preview: how it looks, and which pages show it."""
        return [("", "How it looks, and where")] if self.preview_template else []

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "core/fact_preview.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        """Add what the template of this kind of fact needs."""
        return {**super().get_preview_context(request, mode_name), **self.preview_values()}

    def preview_values(self) -> dict[str, Any]:
        """Return what `preview_template` needs besides `object`; the fact may be unfinished."""
        return {}
