"""Closes Wagtail's numbered addresses of documents to the public (decision 21)."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from wagtail import hooks
from wagtail.documents.models import AbstractDocument


@hooks.register("before_serve_document")
def staff_only(document: AbstractDocument, request: HttpRequest) -> None:
    """Raise Http404 unless somebody is signed in; readers get the files by the addresses of published packs.

    Wagtail's addresses are numbered from 1, so that anyone could go through them, drafts included.
    """
    if not request.user.is_authenticated:
        raise Http404("This document is for staff.")
