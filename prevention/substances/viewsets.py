"""How the facts outside pages are listed in the admin: columns, filters, and a search over both names."""

from __future__ import annotations

from typing import ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail.admin.ui.tables import UpdatedAtColumn
from wagtail.snippets.views.snippets import SnippetViewSet

from prevention.editorial.viewsets import FactViewSet
from prevention.substances.models import Interaction


class InteractionViewSet(FactViewSet):
    """Mixing records: found by either name, sorted out by level."""

    icon = "warning"
    list_display: ClassVar[list[object]] = ["__str__", "level", "reliability", UpdatedAtColumn()]
    list_filter: ClassVar[list[str]] = ["level", "reliability"]
    search_fields: ClassVar[list[str]] = ["first__title", "second__title", "explanation", "source_publisher"]
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Interaction]:
        """Return the records with both pages, whose titles are the name of a record."""
        return Interaction.objects.select_related("first", "second")


class FamilyViewSet(SnippetViewSet):
    """Families of drugs."""

    icon = "group"
    list_display: ClassVar[list[object]] = ["name", "slug", UpdatedAtColumn()]
    search_fields: ClassVar[list[str]] = ["name", "description"]


class PenaltyProfileViewSet(FactViewSet):
    """The highest penalties, by law and class."""

    icon = "clipboard-list"
    list_display: ClassVar[list[object]] = [
        "__str__",
        "possession_max",
        "supply_max",
        "source_title",
        UpdatedAtColumn(),
    ]
    list_filter: ClassVar[list[str]] = ["regime", "drug_class"]
    search_fields: ClassVar[list[str]] = ["possession_max", "supply_max", "source_title"]
