from __future__ import annotations

from django.apps import AppConfig


class MediaConfig(AppConfig):
    name = "prevention.media"
    label = "media"
    verbose_name = "Images and documents"

    def ready(self) -> None:
        from wagtail.models import CollectionViewRestriction

        from prevention.core.publishing import watch
        from prevention.media import signals  # noqa: F401  (connects them)
        from prevention.media.models import CandourDocument, CandourImage

        watch(CandourDocument, CandourImage, CollectionViewRestriction)
