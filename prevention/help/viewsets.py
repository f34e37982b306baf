"""How helplines are listed in the admin."""

from __future__ import annotations

from typing import ClassVar

from prevention.editorial.viewsets import FactViewSet


class HelplineViewSet(FactViewSet):
    """Helplines: found by name, number or what they are for; those looked up longest ago can be put first."""

    icon = "mobile-alt"
    list_display: ClassVar[list[object]] = ["name", "kind", "phone", "hours", "nations", "verified_on"]
    list_filter: ClassVar[list[str]] = ["kind", "verified_on"]
    search_fields: ClassVar[list[str]] = ["name", "code", "what_for", "phone", "text_number"]
