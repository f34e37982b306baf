"""Topic pages in the API."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import mixins, serializers, viewsets

from prevention.core.api import LIST_PARAMETERS, PublicEndpoint
from prevention.core.serializers import PageSerializer, PageSummarySerializer
from prevention.home.models import StandardPage


class TopicSummarySerializer(PageSummarySerializer[StandardPage]):
    """A topic in a list."""

    class Meta(PageSummarySerializer.Meta):
        model = StandardPage


class TopicSerializer(PageSerializer[StandardPage]):
    """A topic, whole."""

    body_html = serializers.CharField(help_text="Clean HTML: headings, paragraphs, lists, links.")

    class Meta(PageSerializer.Meta):
        model = StandardPage
        fields = (*PageSerializer.Meta.fields, "body_html")


class TopicViewSet(
    PublicEndpoint, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[StandardPage]
):
    """Topics: what to do in an emergency, spiking, the law, being worried about a friend."""

    api_type = "topic"
    lookup_field = "slug"
    lookup_value_regex = r"[-\w]+"

    @property
    def query_parameters(self) -> frozenset[str]:  # type: ignore[override]
        return LIST_PARAMETERS if self.action == "list" else frozenset()

    def get_queryset(self) -> QuerySet[StandardPage]:
        pages: QuerySet[StandardPage] = StandardPage.objects.live().public().order_by("title")
        return pages if self.action == "list" else pages.prefetch_related(*StandardPage.shown_with)

    def get_serializer_class(self) -> type[Any]:
        return TopicSummarySerializer if self.action == "list" else TopicSerializer
