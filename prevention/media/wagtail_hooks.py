"""Who may fetch a document by its number."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from wagtail import hooks
from wagtail.documents.models import AbstractDocument


@hooks.register("before_serve_document")
def staff_only(document: AbstractDocument, request: HttpRequest) -> None:
    """Raises Http404 for readers: they get the files of published packs by the addresses of the packs.

    Wagtail's own addresses count up from 1, drafts included.
    """
    if not request.user.is_authenticated:
        raise Http404("This document is for staff.")
