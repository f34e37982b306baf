"""The app's configuration: connects the signals, and logs changes of collections."""

from __future__ import annotations

from django.apps import AppConfig


class MediaConfig(AppConfig):
    """Images and documents."""

    name = "prevention.media"
    label = "media"
    verbose_name = "Images and documents"

    def ready(self) -> None:
        """Log changes of collections and of their restrictions, and connect the signals."""
        from wagtail.models import Collection, CollectionViewRestriction

        from prevention.core.change_log import log_saves_of
        from prevention.delivery.content_version import Scope
        from prevention.media import signals  # noqa: F401  (connects them)

        for model in (Collection, CollectionViewRestriction):
            log_saves_of(model, Scope.SCHOOLS)
