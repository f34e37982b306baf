"""The panel in the editing form that shows what will be asked about the wording before it is published."""

from __future__ import annotations

from typing import Any

from wagtail.admin.panels import Panel

from prevention.core.publishing import called, warnings_of


class WordingPanel(Panel):
    """Lists the warnings about the text as it was last saved, field by field."""

    class BoundPanel(Panel.BoundPanel):
        """The panel for one page."""

        template_name = "core/wording_panel.html"

        def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
            """Add `warnings`: (name of the field, words, what about them) of each."""
            context: dict[str, Any] = super().get_context_data(parent_context)
            context["warnings"] = [
                (called(self.instance, name), *sentence.partition(": ")[::2])
                for name, sentences in warnings_of(self.instance).items()
                for sentence in sentences
            ]
            return context
