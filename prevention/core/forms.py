"""The editing form of every page, which applies the rules of publishing to a page but not to a draft."""

from __future__ import annotations

from typing import Any

from django import forms
from wagtail.admin.forms import WagtailAdminPageForm

from prevention.core.publishing import called


class PublishingForm(WagtailAdminPageForm):
    """Adds the page's `refusals` when it is published or submitted, not when a draft is saved.

    What explains the version that is live is not offered again: the next one is explained anew.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = self.fields.keys() & set(self.instance.EXPLANATION)
        if said and self.instance.is_used_up():
            self.initial |= {name: type(self.instance)._meta.get_field(name).get_default() for name in said}
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
        for field, message in self.instance.refusals().items():
            if field in self.fields:
                self.add_error(field, message)
            else:
                self.add_error(None, f"{called(self.instance, field)}: {message}")
        return not self.errors

    def clean(self) -> Any:
        """Note the moment at which an editor says what changed."""
        cleaned = super().clean()
        if set(self.changed_data) & set(self.instance.EXPLANATION):
            self.instance.note_time()
        return cleaned
