"""Turns a refusal to publish or to delete into a sentence, at every door of the admin."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Model, ProtectedError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder

from prevention.core.publishing import PublishingRefusedError
from prevention.editorial.deletion import sentence_of
from prevention.editorial.models import SignOffError

REFUSALS = (PublishingRefusedError, ProtectedError, SignOffError)


class RefusalMiddleware:
    """Says why something was not published or deleted, where a view of the admin did not foresee it.

    The editing forms ask before they save. Approving from a list, copying and others do not: what they were
    about is rolled back, and the editor is sent to where it can be mended.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return a redirect with the refusal as a message, or JSON to a script; None for other exceptions."""
        if not isinstance(exception, REFUSALS) or not _is_admin(request):
            return None
        sentence = _sentence_of(exception)
        if request.headers.get("Accept", "").startswith("application/json"):
            answer = {"success": False, "error_code": "refused", "error_message": sentence}
            return JsonResponse(answer, status=400)
        messages.error(request, sentence)
        return HttpResponseRedirect(_where_to_mend(request, exception))


def _sentence_of(exception: Exception) -> str:
    if isinstance(exception, ProtectedError):
        return sentence_of(exception)
    return exception.sentence if isinstance(exception, PublishingRefusedError) else str(exception)


def _is_admin(request: HttpRequest) -> bool:
    return request.path.startswith(reverse("wagtailadmin_home"))


def _where_to_mend(request: HttpRequest, exception: Exception) -> str:
    content = getattr(exception, "instance", None)
    if isinstance(content, Model) and type(content)._base_manager.filter(pk=content.pk).exists():
        where: str | None = AdminURLFinder(request.user).get_edit_url(content)
        return where or reverse("wagtailadmin_home")
    return reverse("wagtailadmin_home")
