"""The admin's views of facts outside pages: a fact goes live by its review, or by the urgent route.

Wagtail's own views save before every action, so that an approval would begin the review anew, and offer to
publish without a review (decision 57).
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.timezone import get_current_timezone
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.ui.tables import StatusTagColumn
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.models import WorkflowState
from wagtail.snippets.views import snippets

from prevention.core.models import Fact
from prevention.core.plain_texts import PastedField
from prevention.editorial.decisions import asked_for, decided_in_form
from prevention.editorial.models import SignOffError, UrgentPublication
from prevention.editorial.urgent import publish_urgently, why_not_confirm

# As Wagtail's button to unlock: its script posts, and comes back.
CONFIRM_BUTTON = (
    '{} <span class="buttons"><button type="button" class="button button-small button-secondary" '
    'data-action="w-action#post" data-controller="w-action" data-w-action-url-value="{}">Confirm</button>'
    "</span>"
)


# The two classes below stand before a view of Wagtail, which mypy does not see from here: each `super()` and
# each attribute of that view needs an exception from the check of types.


class NoPlainPublishing:
    """A form without the button to publish; an autosave runs no action."""

    def get_available_actions(self) -> list[str]:
        """Return Wagtail's actions without the plain publishing."""
        found: list[str] = super().get_available_actions()  # type: ignore[misc]  # Wagtail's view
        return [name for name in found if name != "publish"]

    def get_action(self, request: HttpRequest) -> str:
        """Return the action that was asked for; of an autosave always the saving of a draft."""
        if self.expects_json_response:  # type: ignore[attr-defined]  # Wagtail's view
            return str(self.actions[0])  # type: ignore[attr-defined]  # Wagtail's view
        return str(super().get_action(request))  # type: ignore[misc]  # Wagtail's view


class FactCreateView(NoPlainPublishing, snippets.CreateView):
    """The form of a new fact."""


class FactCopyView(NoPlainPublishing, snippets.CopyView):
    """The form of a new fact that begins as a copy."""


class FactEditView(NoPlainPublishing, snippets.EditView):
    """The form of a fact. A decision on its review posts no content, and is about the step that was shown."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the form; above it what was asked for, and what has to be confirmed."""
        if asked := asked_for(self.object):
            messages.warning(request, asked)
        owed = UrgentPublication.objects.for_instance(self.object).owed().first()
        if owed is not None:
            self._tell_owed(request, owed)
        response: HttpResponseBase = super().get(request, *args, **kwargs)
        return response

    def _tell_owed(self, request: HttpRequest, owed: UrgentPublication) -> None:
        sentence = format_html(
            "{} published this urgently: {} A second person has to confirm it by {}.",
            owed.user or "Somebody",
            owed.reason,
            date_format(owed.due_at.astimezone(get_current_timezone()), "H:i, j F"),
        )
        if not why_not_confirm(owed, request.user):
            sentence = format_html(CONFIRM_BUTTON, sentence, reverse("confirm_urgent", args=[owed.pk]))
        (messages.error if owed.is_overdue else messages.warning)(request, sentence)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Decide the step of a review as the form asks, or save it."""
        if request.POST.get("action-workflow-action") and not self.expects_json_response:
            decided = decided_in_form(request, self.object, self.get_edit_url())
            if decided is not None:
                return decided
            self.action = "edit"
        response: HttpResponseBase = super().post(request, *args, **kwargs)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add `task_state`: the id of the step that the form shows."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        state = self.object.current_workflow_task_state
        return {**context, "task_state": state.pk if state else ""}


class ForReviewersToo:
    """Lets those in who are to decide the present step, as Wagtail's editor does."""

    def user_has_permission(self, permission: str) -> bool:
        """Return whether they have the permission, or review the fact of the address now."""
        may = bool(super().user_has_permission(permission))  # type: ignore[misc]  # Wagtail's view
        return may or self._reviews(self.fact)

    def user_has_permission_for_instance(self, permission: str, instance: Fact) -> bool:
        """Return whether they have the permission, or review `instance` now."""
        may = super().user_has_permission_for_instance(permission, instance)  # type: ignore[misc]  # Wagtail's view
        return bool(may) or self._reviews(instance)

    @cached_property
    def fact(self) -> Fact:
        """The fact of the address."""
        number = self.request.resolver_match.kwargs["pk"]  # type: ignore[attr-defined]  # Wagtail's view
        found: Fact = get_object_or_404(self.model, pk=number)  # type: ignore[attr-defined]  # Wagtail's view
        return found

    def _reviews(self, fact: Fact) -> bool:
        task = fact.current_workflow_task
        user = self.request.user  # type: ignore[attr-defined]  # Wagtail's view
        return bool(task and task.user_can_access_editor(fact, user))


class FactPreviewView(ForReviewersToo, snippets.PreviewOnEditView):
    """The preview beside the form."""


class FactRevisionView(ForReviewersToo, snippets.PreviewRevisionView):
    """The preview of a former version."""


class FactCompareView(ForReviewersToo, snippets.RevisionsCompareView):
    """What differs between two versions."""


class StatusColumn(StatusTagColumn):
    """Live, draft or in review. Wagtail's own column asks the database twice for each row."""

    def __init__(self) -> None:
        super().__init__(
            "status", label="Status", sort_key="live", accessor=_status, primary=lambda row: row.live
        )


def _status(row: Any) -> str:
    parts = ["live" if row.live else "draft"]
    if row.in_review:
        parts.append("in review")
    elif row.live and row.has_unpublished_changes:
        parts.append("draft")
    return " + ".join(parts)


class FactIndexView(snippets.IndexView):
    """The list of facts of one kind."""

    def get_base_queryset(self) -> QuerySet[Any]:
        """Add to each fact whether its review goes on."""
        rows: QuerySet[Any] = super().get_base_queryset()
        states = WorkflowState.objects.active().filter(
            base_content_type=self.model.get_base_content_type(), object_id=OuterRef("pk_as_text")
        )
        rows = rows.annotate(pk_as_text=Cast("pk", models.CharField()))
        return rows.annotate(in_review=Exists(states))


class ReasonForm(forms.Form):
    """Why something is published without its review, and which draft was read."""

    reason = PastedField(
        label="Why can it not wait for its review?",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The second person, who has to confirm it within a day, reads this first.",
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)


class UrgentView(PermissionCheckedMixin, WagtailAdminTemplateMixin, FormView):
    """Publishes the latest draft of a fact at once. It asks for the reason, and posts no content."""

    model: Any = None
    permission_required = "publish"
    edit_url_name = ""
    page_title = "Publish now: urgent"
    header_icon = "warning"
    template_name = "editorial/urgent.html"
    form_class = ReasonForm

    @cached_property
    def fact(self) -> Fact:
        """The fact of the address."""
        found: Fact = get_object_or_404(self.model, pk=self.kwargs["pk"])
        return found

    @property
    def edit_url(self) -> str:
        """Where the fact is edited."""
        return reverse(self.edit_url_name, args=[self.fact.pk])

    def get_page_subtitle(self) -> str:
        return str(self.fact.get_latest_revision_as_object())

    def get_initial(self) -> dict[str, Any]:
        return {"revision": self.fact.latest_revision_id}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add `draft`, as it will be published, and the addresses of form, preview and comparison."""
        name = self.fact.snippet_viewset.get_url_name
        pk, revision = self.fact.pk, self.fact.latest_revision_id
        links = []
        if revision and self.fact.is_previewable():
            links.append(("How it looks", reverse(name("revisions_view"), args=[pk, revision])))
        if revision and self.fact.live:
            links.append(("What changes", reverse(name("revisions_compare"), args=[pk, "live", revision])))
        return super().get_context_data(**kwargs, edit_url=self.edit_url, links=links)

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        """Publish it, or say why not."""
        try:
            publish_urgently(
                fact=self.fact,
                revision_id=form.cleaned_data["revision"],
                user=self.request.user,
                reason=form.cleaned_data["reason"],
            )
        except SignOffError as error:
            messages.error(self.request, str(error))
        else:
            messages.success(
                self.request, f"'{self.fact}' is live. A second person has to confirm it within a day."
            )
        return HttpResponseRedirect(self.edit_url)
