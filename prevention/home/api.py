"""Topic pages in the API."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import serializers

from prevention.core.api import PublishedPages
from prevention.core.serializers import PageSerializer, PageSummarySerializer
from prevention.home.models import StandardPage


class TopicSummarySerializer(PageSummarySerializer[StandardPage]):
    """A topic in a list."""

    class Meta(PageSummarySerializer.Meta):
        model = StandardPage
        fields = (*PageSummarySerializer.Meta.fields, "theme")


class TopicSerializer(PageSerializer[StandardPage]):
    """A topic with its text and sources."""

    body_html = serializers.CharField(help_text="Clean HTML: headings, paragraphs, lists, links.")
    related = serializers.SerializerMethodField(help_text="Slugs of substances to read about next.")

    class Meta(PageSerializer.Meta):
        model = StandardPage
        fields = (*PageSerializer.Meta.fields, "theme", "body_html", "related")

    def get_related(self, page: StandardPage) -> list[str]:
        """Slugs of the public substances to read about next."""
        return [entry.slug for entry in page.related_shown()]


class TopicViewSet(PublishedPages[StandardPage]):
    """Topics: what to do in an emergency, spiking, the law, being worried about a friend."""

    api_type = "topic"
    serializer_class = TopicSerializer
    summary_serializer_class = TopicSummarySerializer

    def get_queryset(self) -> QuerySet[StandardPage]:
        pages: QuerySet[StandardPage] = StandardPage.objects.live().public().order_by("title")
        return pages if self.action == "list" else pages.prefetch_related(*StandardPage.shown_with)
