"""How the vocabularies of the lesson packs are listed in the admin."""

from __future__ import annotations

from typing import ClassVar

from wagtail.snippets.views.snippets import SnippetViewSet


class KeyStageViewSet(SnippetViewSet):
    """Stages of school, by nation."""

    icon = "calendar"
    list_display: ClassVar[list[object]] = ["name", "slug", "nation", "age_min", "age_max"]
    list_filter: ClassVar[list[str]] = ["nation"]
    search_fields: ClassVar[list[str]] = ["name", "slug"]


class RiskGroupViewSet(SnippetViewSet):
    """Groups of young people for whom a pack can be meant."""

    icon = "group"
    list_display: ClassVar[list[object]] = ["name", "slug", "source"]
    search_fields: ClassVar[list[str]] = ["name", "description"]
