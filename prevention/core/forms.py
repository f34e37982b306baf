"""The editing form of every page: what must hold before publishing is asked then, and not of a draft."""

from __future__ import annotations

from wagtail.admin.forms import WagtailAdminPageForm


class PublishingForm(WagtailAdminPageForm):
    """Adds the page's `publishing_errors` when it is published or submitted, not when a draft is saved."""

    def is_valid(self) -> bool:
        valid: bool = super().is_valid()
        if not valid or self.is_deferred_validation:
            return valid
        # Only here are the child forms (sources, names) clean too, and the page knows its children.
        citations = self.formsets["citations"].cleaned_data if "citations" in self.formsets else []
        cited = {row.get("section") for row in citations if row and not row.get("DELETE")}
        for field, message in self.instance.publishing_errors(cited).items():
            self.add_error(field if field in self.fields else None, message)
        return not self.errors
