"""The editing form of every fact outside pages: a draft may be unfinished, what is handed in may not."""

from __future__ import annotations

from typing import Any

from wagtail.admin.forms import WagtailAdminModelForm

from prevention.core.publishing import PublishingRefusedError


class FactForm(WagtailAdminModelForm):
    """Adds the fact's `publishing_errors` when it is handed in, not when a draft is saved."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # Django compares a field whose default is a function with a hidden one that Wagtail never sends.
            field.show_hidden_initial = False

    def is_valid(self) -> bool:
        valid: bool = super().is_valid()
        if not valid or self.is_deferred_validation:
            return valid
        # Gives what was chosen to the fact, and saves nothing.
        self.save(commit=False)
        try:
            self.instance.ask_gate()
        except PublishingRefusedError as refusal:
            for field, message in refusal.errors.items():
                self.add_error(field if field in self.fields else None, message)
        return not self.errors
