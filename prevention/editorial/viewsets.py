"""How facts outside pages, and words to avoid, are listed, edited and published in the admin."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import URLPattern, path
from wagtail.snippets.views.snippets import SnippetViewSet

from prevention.editorial.fact_views import (
    FactCompareView,
    FactCopyView,
    FactCreateView,
    FactEditView,
    FactIndexView,
    FactPreviewView,
    FactRevisionView,
    StatusColumn,
    UrgentView,
)


class FactViewSet(SnippetViewSet):
    """The views of one kind of fact."""

    index_view_class = FactIndexView
    add_view_class = FactCreateView
    copy_view_class = FactCopyView
    edit_view_class = FactEditView
    preview_on_edit_view_class = FactPreviewView
    revisions_view_class = FactRevisionView
    revisions_compare_view_class = FactCompareView
    urgent_view_class = UrgentView
    edit_template_name = "editorial/fact_edit.html"
    # A fact goes live when its review has ended; alerts have dates of their own.
    exclude_form_fields: ClassVar[list[str]] = ["first_published_at", "go_live_at", "expire_at"]

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Add the status to the columns of the kind."""
        given: dict[str, Any] = super().get_index_view_kwargs(**kwargs)
        return {**given, "list_display": [*self.list_display, StatusColumn()]}

    @property
    def urgent_view(self) -> Any:
        """The view that publishes a draft at once, with a reason."""
        return self.construct_view(self.urgent_view_class)

    def get_urlpatterns(self) -> list[URLPattern]:
        """Add the urgent route to Wagtail's addresses."""
        where = f"urgent/<{self.pk_path_converter}:pk>/"
        return [*super().get_urlpatterns(), path(where, self.urgent_view, name="urgent")]


class WordsToAvoidViewSet(SnippetViewSet):
    """Words to avoid: found by any of their words, filtered by what becomes of a text with them."""

    icon = "warning"
    list_display: ClassVar[list[object]] = ["__str__", "why", "source"]
    list_filter: ClassVar[list[str]] = ["kind"]
    search_fields: ClassVar[list[str]] = ["words", "why", "instead", "source"]
