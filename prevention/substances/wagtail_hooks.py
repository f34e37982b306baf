"""Warnings that an editor of a substance gets after saving."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from wagtail import hooks
from wagtail.models import Page

from prevention.substances.attention import shared_names
from prevention.substances.models import SubstancePage


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def tell_shared_names(request: HttpRequest, page: Page) -> None:
    """Show a warning for each name that another substance has too. Saving is not refused: it may be right."""
    if not isinstance(page, SubstancePage):
        return
    for name, title in shared_names(page):
        messages.warning(
            request,
            f"'{name}' is also a name of {title}. If both are right, tick 'ambiguous' on both pages: "
            "search then shows both.",
        )
