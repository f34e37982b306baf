"""The editors' report."""

from __future__ import annotations

from typing import Any

from django.views.generic import TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from prevention.editorial.concerns import all_concerns


class AttentionView(WagtailAdminTemplateMixin, TemplateView):
    """Everything that needs an editor's eye, by kind."""

    page_title = "Needs attention"
    header_icon = "warning"
    template_name = "editorial/attention.html"
    _show_breadcrumbs = True  # the header shows the title as the last of them

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "kinds": all_concerns()}
