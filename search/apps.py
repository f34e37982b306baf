from __future__ import annotations

from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "search"
    label = "search"
    verbose_name = "Search"

    def ready(self) -> None:
        from prevention.core.publishing import on_content_change, watch
        from search.indexing import update_index
        from search.models import Intent, WordList

        on_content_change(update_index)
        watch(Intent, WordList)
