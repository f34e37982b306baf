"""How what editors tell search is listed in the admin."""

from __future__ import annotations

from typing import ClassVar

from prevention.editorial.viewsets import FactViewSet


class IntentViewSet(FactViewSet):
    """Cards: found by what they say and by the phrases that bring them up; urgent ones apart."""

    icon = "warning"
    list_display: ClassVar[list[object]] = ["heading", "code", "urgent", "order", "helplines"]
    list_filter: ClassVar[list[str]] = ["urgent"]
    search_fields: ClassVar[list[str]] = ["heading", "code", "body", "phrases"]


class WordListViewSet(FactViewSet):
    """Lists of words, found by a word in them."""

    icon = "list-ul"
    list_display: ClassVar[list[object]] = ["__str__", "code"]
    search_fields: ClassVar[list[str]] = ["code", "words"]
