"""How alerts are listed in the admin."""

from __future__ import annotations

from typing import ClassVar

from prevention.editorial.viewsets import FactViewSet


class AlertViewSet(FactViewSet):
    """Alerts, with the days on which they begin and end."""

    icon = "bell"
    list_display: ClassVar[list[object]] = ["title", "effective_from", "expires_on", "source_title"]
    list_filter: ClassVar[list[str]] = ["effective_from", "expires_on"]
    search_fields: ClassVar[list[str]] = ["title", "summary", "source_title"]
