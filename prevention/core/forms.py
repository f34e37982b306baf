"""The editing form of every page, which applies the rules of publishing to a page but not to a draft."""

from __future__ import annotations

from wagtail.admin.forms import WagtailAdminPageForm


class PublishingForm(WagtailAdminPageForm):
    """Adds the page's `publishing_errors` when it is published or submitted, not when a draft is saved."""

    def is_valid(self) -> bool:
        valid: bool = super().is_valid()
        if not valid or self.is_deferred_validation:
            return valid
        # Not in clean(): only here have the child forms (sources, names) been cleaned as well.
        citations = self.formsets["citations"].cleaned_data if "citations" in self.formsets else []
        cited = {row.get("section") for row in citations if row and not row.get("DELETE")}
        for field, message in self.instance.publishing_errors(cited).items():
            self.add_error(field if field in self.fields else None, message)
        return not self.errors
