"""The form of a card."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from wagtail.admin.forms import WagtailAdminModelForm

from search.wordings import effect_of

SEEN = "I have seen which known wordings it catches, gains and loses"
# What decides which questions bring a card up.
BRINGS_UP = {"code", "urgent", "order", "phrases", "wordings"}


class SeenBox(forms.CheckboxInput):
    """A box that sends a text, and not only that it is ticked."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.get(name, "")


class SeenField(forms.CharField):
    """A box whose value is the effect that was seen; ticking it changes nothing of the card."""

    widget = SeenBox

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class CardForm(WagtailAdminModelForm):
    """Asks the rules of publishing about a card with the helplines that were chosen, not those it had.

    A change of what brings the card up is saved once somebody has seen what it does to the known wordings.
    """

    data: Any
    seen = SeenField(label=SEEN, required=False)

    def _post_clean(self) -> None:
        for rows in self.formsets.values():
            rows.instance = self.instance  # of a new card they have another one until it is saved
            if rows.is_valid():
                rows.save(commit=False)
        super()._post_clean()
        if not self.errors and BRINGS_UP & set(self.changed_data):
            self._show_effect()

    def _show_effect(self) -> None:
        effect = effect_of(self.instance)
        if self.cleaned_data.get("seen") == effect.digest:
            return
        self.add_error("seen", f"{effect} If that is right, tick this and save again.")
        # What was ticked before was another effect.
        self.data = self.data.copy()
        self.data.pop(self.add_prefix("seen"), None)
        self.fields["seen"].widget.attrs["value"] = effect.digest

    def _update_errors(self, errors: Any) -> None:
        """Show what is wrong with rows, which are no fields of the form, above the form."""
        if hasattr(errors, "error_dict"):
            told: dict[str, list[ValidationError]] = {}
            for name, found in errors.error_dict.items():
                told.setdefault(name if name in self.fields else NON_FIELD_ERRORS, []).extend(found)
            errors = ValidationError(told)
        super()._update_errors(errors)
