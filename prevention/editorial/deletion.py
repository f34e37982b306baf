"""Says at the doors of the admin what stands in the way of a deletion, before anything is asked or done.

The rule itself stands in prevention.core.references, for every way to delete.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model, ProtectedError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.models import Page

from prevention.core.references import DeletionRefusedError, named, refuse_to_delete

MOST_BUTTONS = 5


def refuse_page(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Refuse to delete a page that others refer to, or that has such pages below it (before_delete_page)."""
    return _refused(request, [page])


def refuse_snippets(request: HttpRequest, snippets: Iterable[Model]) -> HttpResponse | None:
    """Refuse to delete snippets that others refer to, one or several (before_delete_snippet)."""
    return _refused(request, snippets)


def refuse_in_bulk(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    """Delete none of the chosen things if others refer to one of them (before_bulk_action)."""
    return _refused(request, objects) if action_type == "delete" else None


def sentence_of(refusal: ProtectedError) -> str:
    """Return what a person is told of a deletion that was refused, by our rule or by the database's."""
    if isinstance(refusal, DeletionRefusedError):
        return refusal.sentence
    where = named(sorted(refusal.protected_objects, key=str))
    return f"Nothing was deleted, because others refer to it: {where}. Change these first."


def _refused(request: HttpRequest, instances: Iterable[Model]) -> HttpResponse | None:
    refusals: list[DeletionRefusedError] = []
    for instance in instances:
        try:
            refuse_to_delete(instance)
        except DeletionRefusedError as refusal:
            refusals.append(refusal)
    finder = AdminURLFinder(request.user)
    for refused in refusals:
        links = [(finder.get_edit_url(row), str(row)) for row in refused.references[:MOST_BUTTONS]]
        buttons = [messages.button(address, f"Edit {name}") for address, name in links if address]
        messages.error(request, refused.sentence, buttons=buttons)
    if not refusals:
        return None
    address = get_valid_next_url_from_request(request) or finder.get_edit_url(refusals[0].instance)
    return HttpResponseRedirect(address or reverse("wagtailadmin_home"))
