"""Warnings after saving a substance, and the screen of the names for search alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from wagtail import hooks
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from prevention.substances.attention import shared_names
from prevention.substances.models import SubstancePage
from prevention.substances.views import SearchListDeleteView, SearchListEditView, SearchListsView


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


@hooks.register("register_admin_urls")
def search_lists_urls() -> list[URLPattern]:
    """Return the URL patterns of the screen, /admin/names-for-search/<page>/."""
    screen = "names-for-search/<int:page>/"
    return [
        path(screen, SearchListsView.as_view(), name="search_lists"),
        path(f"{screen}results/", SearchListsView.as_view(results_only=True), name="search_lists_results"),
        path(f"{screen}add/", SearchListEditView.as_view(), name="search_lists_add"),
        path(f"{screen}<slug:key>/", SearchListEditView.as_view(), name="search_lists_edit"),
        path(f"{screen}<slug:key>/delete/", SearchListDeleteView.as_view(), name="search_lists_delete"),
    ]


@hooks.register("register_page_listing_more_buttons")
@hooks.register("register_page_header_buttons")
def search_lists_button(page: Page, user: Any, **kwargs: Any) -> Iterator[Button]:
    """Lead from a substance, in lists of pages and in its own header, to its names for search alone."""
    if page.specific_class is SubstancePage and page.permissions_for_user(user).can_edit():
        url = reverse("search_lists", args=[page.pk])
        yield Button("Names for search alone", url, icon_name="list-ul", priority=35)
