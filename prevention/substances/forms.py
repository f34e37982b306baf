"""The form of a list of names for search alone."""

from __future__ import annotations

from typing import ClassVar

from wagtail.admin.forms import WagtailAdminModelForm

from prevention.substances.models import SearchNameList


class SearchListForm(WagtailAdminModelForm):
    """One list, without its page and its place."""

    class Meta:
        model = SearchNameList
        fields: ClassVar[tuple[str, ...]] = SearchNameList.facts
