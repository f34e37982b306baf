"""A decision on a step of the workflow that is made in the editing form of a page.

Wagtail saves the form before it decides: an approval could so bring along a text that nobody has checked.
Here a decision is about the text that was loaded, and nothing else.
"""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from wagtail.admin import messages
from wagtail.models import Page

from prevention.editorial.models import SignOffError

STALE = "The text has changed since you opened it. Read it again, and decide then."
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


def decided_in_form(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Decide a step as the form asks, and return where to go; None: let the view save a draft instead."""
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    state = page.current_workflow_task_state
    action = request.POST.get("workflow-action-name", "")
    if state is None or action not in [
        name for name, _, _ in state.task.specific.get_actions(page, request.user)
    ]:
        messages.error(request, "You can not decide this step, or it has been decided already.")
        return HttpResponseRedirect(address)
    loaded = request.POST.get("loaded_revision_id")
    if loaded and loaded != str(page.latest_revision_id):
        messages.error(request, STALE)
        return HttpResponseRedirect(address)
    if _has_changed(request, page):
        messages.warning(request, SAVED)
        drop_actions(request)
        return None
    extra = json.loads(request.POST.get("workflow-action-extra-data") or "{}")
    try:
        state.task.specific.on_action(
            state.specific, request.user, action, comment=str(extra.get("comment", ""))
        )
    except SignOffError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(address)
    done = {"approve": "approved", "reject": "sent back"}.get(action, action)
    messages.success(request, f"'{page.get_admin_display_title()}' was {done}: {state.task.name}.")
    return HttpResponseRedirect(reverse("wagtailadmin_home"))


def _actions(page: Page, request: HttpRequest) -> set[str]:
    task = page.current_workflow_task
    return {name for name, _, _ in task.get_actions(page, request.user)} if task else set()


def _has_changed(request: HttpRequest, page: Page) -> bool:
    """Return whether the form holds another text than the latest draft."""
    draft = page.get_latest_revision_as_object()
    form_class = draft.get_edit_handler().get_form_class()
    form = form_class(
        request.POST, request.FILES, instance=draft, parent_page=draft.get_parent(), for_user=request.user
    )
    # Whether it may be published is asked when it is: what was loaded may lack something, and is no change.
    form.defer_required_fields()
    return not form.is_valid() or form.has_changed()
