"""A decision on a step of the workflow that is made in the editing form of a page or a fact.

Wagtail saves the form before it decides: an approval could so bring along a text that nobody has checked.
Here a decision is about the text and the step that were loaded, and nothing else.
"""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from wagtail.admin import messages
from wagtail.models import Page, WorkflowState

from prevention.editorial.models import SignOffError

Content = Any  # a page, or a Fact: Wagtail has no types
STALE = "The text has changed since you opened it. Read it again, and decide then."
GONE = "You can not decide this step, or it has been decided already."
SAVED = (
    "What you changed was saved as a draft, and your decision was not recorded. Somebody who writes part of "
    "a text can not approve it: another person has to."
)


def drop_actions(request: HttpRequest) -> None:
    """Take every action out of what was posted: what is left is saved as a draft."""
    posted = request.POST.copy()
    for name in [name for name in posted if name.startswith("action-")]:
        del posted[name]
    request.POST = posted  # type: ignore[assignment]  # Django lets middleware do so, its types do not


def decided_in_form(request: HttpRequest, content: Content, address: str) -> HttpResponse | None:
    """Decide a step as the form asks, and return where to go; None: let the view save a draft instead.

    `address`: where the page or fact is edited.
    """
    state = content.current_workflow_task_state
    action = request.POST.get("workflow-action-name", "")
    # The form of a fact says which step it showed; somebody may have taken that one since.
    shown = request.POST.get("task_state", str(state.pk) if state else "")
    if state is None or shown != str(state.pk) or action not in _actions(content, request):
        messages.error(request, GONE)
        return HttpResponseRedirect(address)
    loaded = request.POST.get("loaded_revision_id")
    if loaded and loaded != str(content.latest_revision_id):
        messages.error(request, STALE)
        return HttpResponseRedirect(address)
    form = _form(request, content)
    is_valid = form.is_valid()
    if form.has_changed():
        messages.warning(request, SAVED)
        drop_actions(request)
        return None
    if not is_valid and action == "approve":
        messages.error(request, " ".join(text for texts in form.errors.values() for text in texts))
        return HttpResponseRedirect(address)
    extra = json.loads(request.POST.get("workflow-action-extra-data") or "{}")
    try:
        state.task.specific.on_action(
            state.specific, request.user, action, comment=str(extra.get("comment", ""))
        )
    except SignOffError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(address)
    done = {"approve": "approved", "reject": "sent back"}.get(action, action)
    title = content.get_admin_display_title() if isinstance(content, Page) else str(content)
    messages.success(request, f"'{title}' was {done}: {state.task.name}.")
    return HttpResponseRedirect(reverse("wagtailadmin_home"))


def asked_for(content: Content) -> str:
    """Return what a reviewer who sent a page or fact back wants to be changed; '' when nobody does."""
    state = content.workflow_states.order_by("-created_at").first()
    if state and state.status == WorkflowState.STATUS_NEEDS_CHANGES and state.current_task_state:
        asked = state.current_task_state
        return f"{asked.task.name}: changes are asked for. {asked.comment}"
    return ""


def _actions(content: Content, request: HttpRequest) -> set[str]:
    task = content.current_workflow_task
    return {name for name, _, _ in task.get_actions(content, request.user)} if task else set()


def _form(request: HttpRequest, content: Content) -> Any:
    """Return the form of the latest draft, with what was posted."""
    draft = content.get_latest_revision_as_object()
    form_class = draft.get_edit_handler().get_form_class()
    more = {"parent_page": draft.get_parent()} if isinstance(draft, Page) else {}
    form = form_class(request.POST, request.FILES, instance=draft, for_user=request.user, **more)
    if isinstance(draft, Page):
        # Whether it may be published is asked when it is: to lack something is no change.
        form.defer_required_fields()
    return form
