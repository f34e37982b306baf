"""The editing form of every page, which applies the rules of publishing to a page but not to a draft."""

from __future__ import annotations

from wagtail.admin.forms import WagtailAdminPageForm

from prevention.core.publishing import Errors, PublishingRefusedError, refuse_breaches


class PublishingForm(WagtailAdminPageForm):
    """Adds the page's `publishing_errors` when it is published or submitted, not when a draft is saved."""

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
