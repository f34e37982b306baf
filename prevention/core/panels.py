"""Panels of the editing forms that Wagtail does not have."""

from __future__ import annotations

from typing import Any

from django import forms
from wagtail.admin.panels import InlinePanel


class RowsPanel(InlinePanel):
    """Rows of a page, each under the name of what it holds, and closed until it is opened.

    It is Wagtail's InlinePanel with templates of its own, which render a row at once: Wagtail's render each
    field by a dozen others, and offer a comment that its own script takes away again. A page with a hundred
    rows took two seconds and 3 MB.

    `folded` is for long lists of plain fields: a row that was saved before comes as hidden values alone, and
    js/rows.js makes the fields from the template of a new row when it is opened. Not for rich text.
    """

    def __init__(self, *args: Any, folded: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.folded = folded

    def clone_kwargs(self) -> dict[str, Any]:
        return {**super().clone_kwargs(), "folded": self.folded}

    class BoundPanel(InlinePanel.BoundPanel):
        """The panel with the rows of one page."""

        template_name = "core/rows_panel.html"

        @property
        def media(self) -> forms.Media:
            """Return the script that opens folded rows, if there are any."""
            return forms.Media(js=["js/rows.js"] if self.panel.folded else [])
