"""The screens that take pages down: they ask for a public reason, and for a page to read instead.

Nothing about the page itself can stand in the way. Where nobody can be asked (a schedule, code) the log of
changes notes a plain cause (prevention.core.change_log.withdrawals).
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from wagtail.admin.views.pages.bulk_actions.page_bulk_action import DefaultPageForm
from wagtail.admin.views.pages.bulk_actions.unpublish import UnpublishBulkAction
from wagtail.admin.views.pages.unpublish import UnpublishView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.admin.widgets import AdminPageChooser
from wagtail.models import Page

from prevention.core.change_log import withdrawal
from prevention.core.plain_texts import PastedField
from prevention.editorial.house_rules import refusal_of
from prevention.editorial.models import present_wording

LONGEST_REASON = 200


class WithdrawalForm(forms.Form):
    """Why a page is taken down, in a sentence for readers, and the page that they can read instead."""

    reason = PastedField(
        label="Why is it taken down?",
        max_length=LONGEST_REASON,
        help_text="One plain sentence. Readers and partners see it where the page was, and on the page of "
        "changes: 'It is being corrected.' 'The advice in it is out of date.'",
    )
    replacement = forms.ModelChoiceField(
        queryset=Page.objects.filter(depth__gt=1),
        required=False,
        widget=AdminPageChooser,
        label="What to read instead",
        help_text="If there is such a page. Readers see it while it is published.",
    )

    def clean_reason(self) -> str:
        """Return the reason. Raises ValidationError for words that the house never says."""
        reason = str(self.cleaned_data["reason"])
        if refusal := refusal_of(reason, present_wording()):
            raise forms.ValidationError(f"{refusal} Everybody will read this sentence.")
        return reason


class WithdrawalView(UnpublishView):
    """Wagtail's screen to unpublish a page, with the reason and the replacement."""

    template_name = "editorial/withdraw.html"
    form: WithdrawalForm | None = None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Withdraw the page, and what is below it if so asked; without a reason, show the form again."""
        self.form = WithdrawalForm(request.POST)
        if not self.form.is_valid():
            return self.render_to_response(self.get_context_data())
        with transaction.atomic(), withdrawal(**self.form.cleaned_data):
            response: HttpResponseBase = super().post(request, *args, **kwargs)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the form to what Wagtail's template shows."""
        return {**super().get_context_data(**kwargs), "form": self.form or WithdrawalForm()}


class WithdrawingPageViewSet(PageViewSet):
    """Wagtail's screens for every type of page, with our screen to withdraw one."""

    model = Page
    unpublish_view_class = WithdrawalView


class BulkWithdrawalForm(DefaultPageForm, WithdrawalForm):
    """One reason for all pages of a bulk action."""


class WithdrawalBulkAction(UnpublishBulkAction):
    """Wagtail's bulk action to unpublish pages, with one reason for all of them."""

    form_class = BulkWithdrawalForm
    template_name = "editorial/bulk_withdraw.html"

    def get_execution_context(self) -> dict[str, Any]:
        """Add the reason and the replacement to what `execute_action` gets."""
        stated = self.cleaned_form.cleaned_data
        return {
            **super().get_execution_context(),
            "stated": {name: stated[name] for name in ("reason", "replacement")},
        }

    @classmethod
    def execute_action(cls, objects: list[Page], stated: dict[str, Any], **kwargs: Any) -> tuple[int, int]:
        """Withdraw the pages for the reason in `stated`; returns how many, and how many below them."""
        with withdrawal(**stated):
            done: tuple[int, int] = super().execute_action(objects, **kwargs)
        return done
