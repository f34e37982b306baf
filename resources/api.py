"""Lesson packs in the API, with the property names of schema.org's LearningResource."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from prevention.core.api import PublishedPages
from prevention.core.serializers import PageSerializer, PageSummarySerializer
from prevention.delivery.api import LIST_PARAMETERS, absolute
from prevention.delivery.content_version import SCHOOLS
from resources.models import KeyStage, LessonPackPage, PackFile, RiskGroup


class FileSerializer(serializers.ModelSerializer[PackFile]):
    """One file of a pack that can be downloaded now."""

    kind = serializers.CharField()
    url = serializers.SerializerMethodField()
    size = serializers.IntegerField(help_text="In bytes.")
    extension = serializers.CharField()

    class Meta:
        model = PackFile
        fields = ("title", "kind", "url", "size", "extension")

    def get_url(self, row: PackFile) -> str:
        """The full address of the file."""
        return absolute(self.context["request"], row.url)


class ResourceSummarySerializer(PageSummarySerializer[LessonPackPage]):
    """A pack in a list."""

    key_stages: serializers.SlugRelatedField[KeyStage] = serializers.SlugRelatedField(
        slug_field="slug", many=True, read_only=True
    )
    risk_groups: serializers.SlugRelatedField[RiskGroup] = serializers.SlugRelatedField(
        slug_field="slug",
        many=True,
        read_only=True,
        help_text="They describe packs, never pupils. For teachers only.",
    )
    typical_age_range = serializers.SerializerMethodField(help_text="For example '11-14'.")
    time_required = serializers.SerializerMethodField(
        help_text="Of one session, as an ISO 8601 duration: 'PT50M'."
    )

    class Meta(PageSummarySerializer.Meta):
        model = LessonPackPage
        fields = (
            *PageSummarySerializer.Meta.fields,
            "key_stages",
            "risk_groups",
            "typical_age_range",
            "time_required",
        )

    def get_typical_age_range(self, page: LessonPackPage) -> str:
        """The ages that the pack is for, '11-14'."""
        return f"{page.age_min}-{page.age_max}"

    def get_time_required(self, page: LessonPackPage) -> str:
        """The length of one session as an ISO 8601 duration."""
        return f"PT{page.duration_minutes}M"


class ResourceSerializer(ResourceSummarySerializer, PageSerializer[LessonPackPage]):
    """A pack with its texts, files and sources."""

    # Declared here, because a model serialiser would put the database's limits of integers into the schema.
    session_count = serializers.IntegerField()
    evidence_rating = serializers.IntegerField(help_text="0 to 5; 1 means not reviewed yet.")
    teaches = serializers.ListField(child=serializers.CharField(), source="outcome_list")
    educational_alignment = serializers.ListField(child=serializers.CharField(), source="curriculum_list")
    about = serializers.SerializerMethodField(help_text="Slugs of the substances it is about.")
    overview_html = serializers.CharField()
    safeguarding_html = serializers.CharField()
    files = FileSerializer(source="downloadable_rows", many=True)
    zip_url = serializers.SerializerMethodField()

    class Meta(ResourceSummarySerializer.Meta):
        fields = (
            *ResourceSummarySerializer.Meta.fields,
            "prevention_level",
            "setting",
            "session_count",
            "approach",
            "evidence_rating",
            "licence",
            "teaches",
            "educational_alignment",
            "about",
            "overview_html",
            "safeguarding_html",
            "files",
            "zip_url",
            "sources",
            "review",
        )

    def get_about(self, page: LessonPackPage) -> list[str]:
        """Slugs of the substances that the pack is about, as far as they are public."""
        return [topic.slug for topic in page.topic_list]

    def get_zip_url(self, page: LessonPackPage) -> str:
        """The full address of the whole pack as one ZIP."""
        return absolute(self.context["request"], page.zip_url)


class ResourceViewSet(PublishedPages[LessonPackPage]):
    """Lesson packs, by key stage and risk group."""

    api_type = "pack"
    shown_scopes = SCHOOLS
    query_parameters: ClassVar[frozenset[str]] = LIST_PARAMETERS | {"key_stage", "risk_group"}
    serializer_class = ResourceSerializer
    summary_serializer_class = ResourceSummarySerializer

    def get_queryset(self) -> QuerySet[LessonPackPage]:
        if self.action != "list":
            return LessonPackPage.objects.shown().prefetch_related(*LessonPackPage.shown_with)
        return LessonPackPage.objects.shown().tagged(
            key_stage=self._slug("key_stage", KeyStage.objects.all()),
            risk_group=self._slug("risk_group", RiskGroup.objects.all()),
        )

    @extend_schema(
        parameters=[
            OpenApiParameter("key_stage", str, description="Slug of a key stage: ks1 to ks5."),
            OpenApiParameter("risk_group", str, description="Slug of a risk group."),
        ]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    def _slug(self, name: str, vocabulary: QuerySet[Any]) -> str:
        """Return the query parameter `name`, or "". Raises ValidationError (400) for an unknown slug."""
        wanted = self.request.query_params.get(name, "")
        known = sorted(vocabulary.values_list("slug", flat=True)) if wanted else []
        if wanted and wanted not in known:
            raise ValidationError({name: f"There is no such value. Known ones: {', '.join(known)}."})
        return wanted
