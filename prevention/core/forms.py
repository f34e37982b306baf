"""The editing form of every page, which applies the rules of publishing to a page but not to a draft."""

from __future__ import annotations

from typing import Any

from django import forms
from wagtail.admin.forms import WagtailAdminPageForm

from prevention.core.publishing import Errors, PublishingRefusedError, refuse_breaches


class PublishingForm(WagtailAdminPageForm):
    """Adds the page's `publishing_errors` when it is published or submitted, not when a draft is saved."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "citations" in self.formsets:
            self._list_sections()

    def _list_sections(self) -> None:
        """Let the section of a source be chosen from a list; one that is no longer in it stays as it is."""
        known = self.instance.citable_sections()
        used = {citation.section for citation in self.instance.citations.all()} - known.keys()
        choices = [("", "---------"), *known.items(), *((name, name) for name in sorted(used))]
        rows = self.formsets["citations"]
        rows.form.base_fields["section"].widget = forms.Select(choices=choices)

    def is_valid(self) -> bool:
        valid: bool = super().is_valid()
        if not valid or self.is_deferred_validation:
            return valid
        # Only now are the rows (sources, names) clean too. This gives them to the page, and saves nothing.
        self.save(commit=False)
        try:
            refuse_breaches(self.instance, self.instance.publishing_errors(), self._errors_of_live)
        except PublishingRefusedError as refusal:
            for field, message in refusal.errors.items():
                self.add_error(field if field in self.fields else None, message)
        return not self.errors

    def _errors_of_live(self) -> Errors:
        live = type(self.instance).objects.filter(pk=self.instance.pk, live=True).first()
        return live.publishing_errors() if live else {}
