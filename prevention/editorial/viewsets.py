"""How the lists of words to avoid are shown in the admin."""

from __future__ import annotations

from typing import ClassVar

from wagtail.snippets.views.snippets import SnippetViewSet


class WordsToAvoidViewSet(SnippetViewSet):
    """Words to avoid: found by any of their words, filtered by what becomes of a text with them."""

    icon = "warning"
    list_display: ClassVar[list[object]] = ["__str__", "why", "source"]
    list_filter: ClassVar[list[str]] = ["kind"]
    search_fields: ClassVar[list[str]] = ["words", "why", "instead", "source"]
