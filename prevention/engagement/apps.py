"""The app's configuration."""

from __future__ import annotations

from django.apps import AppConfig


class EngagementConfig(AppConfig):
    """Anonymous counts."""

    name = "prevention.engagement"
    label = "engagement"
    verbose_name = "Engagement"
