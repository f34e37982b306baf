"""How what editors tell search is listed in the admin."""

from __future__ import annotations

from typing import ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel, ObjectList

from prevention.editorial.viewsets import FactViewSet
from search.forms import CardForm
from search.models import Intent


class IntentViewSet(FactViewSet):
    """Cards: found by what they say and by the phrases that bring them up; urgent ones apart."""

    icon = "warning"
    list_display: ClassVar[list[object]] = ["heading", "code", "urgent", "order", "helpline_names"]
    list_filter: ClassVar[list[str]] = ["urgent"]
    edit_handler = ObjectList([*Intent.panels, FieldPanel("seen")], base_form_class=CardForm)
    search_fields: ClassVar[list[str]] = ["heading", "code", "body", "phrases"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Intent]:
        """Return the cards with their helplines."""
        return Intent.objects.prefetch_related("helplines__helpline")


class WordListViewSet(FactViewSet):
    """Lists of words, found by a word in them."""

    icon = "list-ul"
    list_display: ClassVar[list[object]] = ["__str__", "code"]
    search_fields: ClassVar[list[str]] = ["code", "words"]
