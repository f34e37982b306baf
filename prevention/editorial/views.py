"""The attention report in the admin."""

from __future__ import annotations

from typing import ClassVar

from wagtail.admin.ui.tables import BaseColumn, Column, TitleColumn
from wagtail.admin.views.reports import ReportView

from prevention.editorial.attention import AttentionItem, attention_items


class AttentionReportView(ReportView):
    """Lists everything that needs attention by kind, also as a spreadsheet, for everybody in the admin."""

    page_title = "Needs attention"
    header_icon = "warning"
    index_url_name = "needs_attention"
    index_results_url_name = "needs_attention_results"
    list_export: ClassVar[list[str]] = ["kind", "title", "text"]
    export_headings: ClassVar[dict[str, str]] = {"kind": "Kind", "title": "What", "text": "Why it is here"}
    columns: ClassVar[list[BaseColumn]] = [
        TitleColumn("title", label="What", get_url=lambda item: item.edit_url),
        Column("kind", label="Kind"),
        Column("text", label="Why it is here"),
    ]
    no_results_message = "Nothing needs attention."

    def get_queryset(self) -> list[AttentionItem]:
        """Return the items of the report as a list, since they come from several tables."""
        return attention_items()
