"""The form of a card."""

from __future__ import annotations

from typing import Any

from django import forms

from prevention.core.fact_forms import FactForm
from search.models import Intent
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


class CardForm(FactForm):
    """A change of what brings the card up is handed in once somebody has seen what it does to wordings."""

    data: Any
    seen = SeenField(label=SEEN, required=False)

    def is_valid(self) -> bool:
        valid = super().is_valid()
        if valid and not self.is_deferred_validation and self._brings_up_other():
            self._show_effect()
        return valid and not self.errors

    def _brings_up_other(self) -> bool:
        """Return whether other questions bring the card up than as it is live."""
        live = Intent.objects.live().filter(pk=self.instance.pk).first()
        return live is None or any(getattr(live, name) != getattr(self.instance, name) for name in BRINGS_UP)

    def _show_effect(self) -> None:
        effect = effect_of(self.instance)
        if self.cleaned_data.get("seen") == effect.digest:
            return
        self.add_error("seen", f"{effect} If that is right, tick this and save again.")
        # What was ticked before was another effect.
        self.data = self.data.copy()
        self.data.pop(self.add_prefix("seen"), None)
        self.fields["seen"].widget.attrs["value"] = effect.digest
