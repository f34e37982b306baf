"""The screen of the names for search alone: the lists of one substance, in pages, with a search."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.ui.tables import BaseColumn, BooleanColumn, Column, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView, WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from prevention.substances.attention import names_elsewhere
from prevention.substances.forms import SearchListForm
from prevention.substances.models import SearchNameList, SubstancePage
from prevention.substances.services import (
    CHANGED,
    SearchListsError,
    remove_search_list,
    save_search_list,
    why_locked,
)

CLASHES_TOLD = 10
NAMES_SHOWN = 8
SAVED = "Saved with the draft of '{}'. Search knows it once the page is published."


class SearchListsMixin(WagtailAdminTemplateMixin):
    """A view on the lists of one page, for those who may edit the page. Others get no permission."""

    header_icon = "list-ul"
    page_title = "Names for search alone"

    request: HttpRequest
    draft: SubstancePage

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Read the latest draft of the page. Raises Http404 and PermissionDenied."""
        super().setup(request, *args, **kwargs)
        page = get_object_or_404(SubstancePage, pk=kwargs["page"])
        self.draft = page.get_latest_revision_as_object()
        if not self.draft.permissions_for_user(request.user).can_edit() or page.alias_of_id:
            raise PermissionDenied

    @cached_property
    def rows(self) -> list[SearchNameList]:
        """The lists of the draft."""
        return list(self.draft.search_lists.all())

    @cached_property
    def locked(self) -> str:
        """Why the page can not be changed now; ''."""
        return why_locked(self.draft, self.request.user)

    @property
    def listing(self) -> str:
        """The address of the screen."""
        return reverse("search_lists", args=[self.draft.pk])

    @property
    def edit_page(self) -> str:
        """The address of the form of the page."""
        return reverse("wagtailadmin_pages:edit", args=[self.draft.pk])

    def get_page_subtitle(self) -> str:
        return str(self.draft.get_admin_display_title())

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Return the way from the admin's home page over the form of the page."""
        title = self.draft.get_admin_display_title()
        return [
            *self.breadcrumbs_items,
            {"url": self.edit_page, "label": title},
            {"url": self.listing, "label": self.page_title, "sublabel": title},
        ]

    def leave(self) -> HttpResponseRedirect:
        """Return to the screen."""
        return HttpResponseRedirect(self.listing)


class SearchListsView(SearchListsMixin, BaseListingView):
    """The lists of a page: names, kind and source, a search over them."""

    is_searchable = True
    paginate_by = 20
    verbose_name_plural = "lists of names"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.locked and not self.results_only:
            messages.warning(request, self.locked, extra_tags="lock")
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> list[SearchNameList]:
        """Return the lists that have what is looked for in a name or in their source."""
        wanted = self.search_query.casefold()
        return [row for row in self.rows if wanted in f"{row.names}\n{row.source}".casefold()]

    def get_index_url(self) -> str:
        return self.listing

    def get_index_results_url(self) -> str:
        return reverse("search_lists_results", args=[self.draft.pk])

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """The button that adds a list."""
        url = reverse("search_lists_add", args=[self.draft.pk])
        return [] if self.locked else [HeaderButton("Add a list", url, icon_name="plus")]

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """The columns of the screen."""
        return [
            TitleColumn("names", label="Names", accessor=self._names_of, get_url=self._url_of),
            Column("number", label="How many", accessor=lambda row: len(row.name_list)),
            Column("get_kind_display", label="Kind"),
            Column("region", label="Where"),
            BooleanColumn("ambiguous", label="Ambiguous"),
            BooleanColumn("offensive", label="Offensive"),
            Column("source", label="Source"),
        ]

    def _names_of(self, row: SearchNameList) -> str:
        """Return the first names of a list; those that are looked for come first."""
        wanted = self.search_query.casefold()
        names = sorted(row.name_list, key=lambda name: wanted not in name.casefold())
        more = len(names) - NAMES_SHOWN
        return ", ".join(names[:NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")

    def _url_of(self, row: SearchNameList) -> str | None:
        return None if self.locked else reverse("search_lists_edit", args=[self.draft.pk, row.key])


class SearchListEditView(SearchListsMixin, FormView[SearchListForm]):
    """The form of one list, and of a new one (without a key). It is saved with the draft of the page."""

    template_name = "substances/search_list_form.html"
    form_class = SearchListForm

    @property
    def key(self) -> str:
        """The key of the list; '' for a new one."""
        return str(self.kwargs.get("key", ""))

    @cached_property
    def row(self) -> SearchNameList | None:
        """The list; None when it has been changed or removed meanwhile, or is new."""
        return next((row for row in self.rows if row.key == self.key), None)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Lead back to the screen when the page is locked, or the list is gone before it was opened."""
        if self.locked:
            messages.error(request, f"Nothing was saved. {self.locked}")
            return self.leave()
        if request.method == "GET" and self.key and self.row is None:
            messages.warning(
                request, "Somebody has changed or removed this list. This is how the lists are now."
            )
            return self.leave()
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Give the form a list of its own, so that the draft keeps the one that it has."""
        found = self.row
        values = {name: getattr(found, name) for name in SearchNameList.facts} if found else {}
        return {**super().get_form_kwargs(), "instance": SearchNameList(**values)}

    def form_valid(self, form: SearchListForm) -> HttpResponse:
        if self.key and self.row and not form.has_changed():
            messages.info(self.request, "Nothing was changed.")
            return self.leave()
        try:
            page = save_search_list(
                page=self.draft.pk, key=self.key, row=form.save(commit=False), user=self.request.user
            )
        except SearchListsError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        tell_saved(self.request, page)
        tell_clashes(self.request, page, form.instance)
        return self.leave()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what Wagtail's template of a form shows, and `delete_url` for a list that is there."""
        context = super().get_context_data(**kwargs)
        there = [self.draft.pk, self.key]
        return {
            **context,
            "action_url": self.request.path,
            "media": context["form"].media,
            "submit_button_label": "Save with the draft",
            "submit_button_active_label": "Saving",
            "cancel_url": self.listing,
            "delete_url": reverse("search_lists_delete", args=there) if self.row else "",
        }


class SearchListDeleteView(SearchListsMixin, TemplateView):
    """Asks whether a list is to be removed, and removes it from the draft of the page."""

    template_name = "wagtailadmin/generic/confirm_delete.html"

    @cached_property
    def row(self) -> SearchNameList:
        """The list. Raises Http404 when there is none with this key."""
        found = next((row for row in self.rows if row.key == self.kwargs["key"]), None)
        if found is None:
            raise Http404(CHANGED)
        return found

    @property
    def confirmation_message(self) -> str:
        """The question."""
        return f"Remove this list of {self.row}? It stays public until the page is published."

    def get_delete_url(self) -> str:
        """Return where the answer "yes" is sent to."""
        return self.request.path

    def get_success_url(self) -> str:
        """Return where the answer "no" leads to."""
        return self.listing

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # Asked for here: a template takes the 404 of an attribute for an empty text.
        return {**super().get_context_data(**kwargs), "object": self.row}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Remove the list."""
        try:
            page = remove_search_list(page=self.draft.pk, key=kwargs["key"], user=request.user)
        except SearchListsError as error:
            messages.error(request, str(error))
        else:
            tell_saved(request, page)
        return self.leave()


def tell_saved(request: HttpRequest, page: SubstancePage) -> None:
    """Say that a change is saved with the draft, and where it is published."""
    button = messages.button(reverse("wagtailadmin_pages:edit", args=[page.pk]), "Go to the page")
    messages.success(request, SAVED.format(page.get_admin_display_title()), buttons=[button])


def tell_clashes(request: HttpRequest, page: SubstancePage, row: SearchNameList) -> None:
    """Warn of the names of a list that another substance has too. It may be right."""
    clashes = list(names_elsewhere(dict.fromkeys(row.name_list, row.ambiguous), page.pk))
    for name, title in clashes[:CLASHES_TOLD]:
        messages.warning(
            request,
            f"'{name}' is also a name of {title}. If both are right, tick 'ambiguous' on both: search then "
            "shows both.",
        )
    if len(clashes) > CLASHES_TOLD:
        messages.warning(
            request, f"{len(clashes) - CLASHES_TOLD} more of these names are names of others too."
        )
