"""The panel of the editing form that leads to the names for search alone."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from wagtail.admin.panels import InlinePanel, Panel


class SearchListsPanel(Panel):
    """How many lists of names for search a substance has, and the link to the screen that changes them.

    They are no part of the form: a page has up to a hundred of them. Versions of a page can still be compared
    by them.
    """

    def on_model_bound(self) -> None:
        self.rows = InlinePanel("search_lists", heading=self.heading).bind_to_model(self.model)

    class BoundPanel(Panel.BoundPanel):
        """The panel of one page."""

        template_name = "substances/search_lists_panel.html"

        def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
            """Add the number of `lists` and of `names`, and `url`; no url for a page that was never saved."""
            context: dict[str, Any] = super().get_context_data(parent_context)
            rows = self.instance.search_lists.all() if self.instance.pk else []
            return {
                **context,
                "lists": len(rows),
                "names": sum(len(row.name_list) for row in rows),
                "url": reverse("search_lists", args=[self.instance.pk]) if self.instance.pk else "",
            }

        def get_comparison(self) -> list[Any]:
            """Return what compares the lists of two versions of a page."""
            rows = self.panel.rows.get_bound_panel(request=self.request, prefix=self.prefix)
            comparison: list[Any] = rows.get_comparison()
            return comparison
