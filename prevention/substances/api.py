"""Substances in the API, in the terms of schema.org and of the NHS content model."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from prevention.core.api import PublishedPages
from prevention.core.sanitise import plain_text
from prevention.core.serializers import PageSerializer, PageSummarySerializer
from prevention.substances.models import Family, LegalStatus, SubstanceName, SubstancePage


class NameSerializer(serializers.ModelSerializer[SubstanceName]):
    """One name."""

    class Meta:
        model = SubstanceName
        fields = ("name", "kind", "region", "ambiguous", "source")


class FamilySerializer(serializers.ModelSerializer[Family]):
    """One group of the Drugs Wheel."""

    class Meta:
        model = Family
        fields = ("slug", "name", "description")


class LegalStatusSerializer(serializers.ModelSerializer[LegalStatus]):
    """What the law says for a span of days; `effective_to` is the first day on which it no longer holds."""

    in_force = serializers.SerializerMethodField(help_text="On the day of this answer, in London.")

    class Meta:
        model = LegalStatus
        fields = (
            "regime",
            "drug_class",
            "schedule",
            "territory",
            "effective_from",
            "effective_to",
            "in_force",
            "instrument",
            "citation_url",
            "plain_words",
            "under_18_words",
            "verified_on",
        )

    def get_in_force(self, row: LegalStatus) -> bool:
        return row.in_force()


class EmergencySerializer(serializers.Serializer[Any]):
    """Signs of danger, what to do, what not to do."""

    signs = serializers.ListField(child=serializers.CharField())
    do = serializers.ListField(child=serializers.CharField())
    dont = serializers.ListField(child=serializers.CharField())


class SectionSerializer(serializers.Serializer[Any]):
    """One section. `has_health_aspect` is the term of the NHS content model."""

    identifier = serializers.CharField(source="field")
    headline = serializers.CharField(source="heading")
    has_health_aspect = serializers.CharField(source="aspect")
    html = serializers.CharField()
    text = serializers.SerializerMethodField()
    source_numbers = serializers.ListField(child=serializers.IntegerField(), source="citation_numbers")

    def get_text(self, section: dict[str, Any]) -> str:
        return plain_text(section["html"]) or "\n".join(section["items"])


class SubstanceSummarySerializer(PageSummarySerializer[SubstancePage]):
    """A substance in a list."""

    alternate_name = serializers.SerializerMethodField(help_text="Every public name.")
    families: serializers.SlugRelatedField[Family] = serializers.SlugRelatedField(
        slug_field="slug", many=True, read_only=True
    )

    class Meta(PageSummarySerializer.Meta):
        model = SubstancePage
        fields = (*PageSummarySerializer.Meta.fields, "alternate_name", "families")

    def get_alternate_name(self, page: SubstancePage) -> list[str]:
        return [name.name for name in page.names.all() if name.is_public]


class SubstanceSerializer(PageSerializer[SubstancePage]):
    """A substance, whole."""

    names = serializers.SerializerMethodField()
    families = FamilySerializer(many=True, read_only=True)
    emergency = serializers.SerializerMethodField()
    sections = SectionSerializer(many=True)
    stopping_is_dangerous = serializers.BooleanField(help_text="True: stopping suddenly can be dangerous.")
    legal_status = LegalStatusSerializer(
        source="legal_rows", many=True, help_text="Past, present and future rows, the newest first."
    )

    class Meta(PageSerializer.Meta):
        model = SubstancePage
        fields = (
            *PageSerializer.Meta.fields,
            "names",
            "families",
            "emergency",
            "sections",
            "stopping_is_dangerous",
            "legal_status",
        )

    def get_names(self, page: SubstancePage) -> list[dict[str, Any]]:
        shown = [name for name in page.names.all() if name.is_public]
        return list(NameSerializer(shown, many=True).data)

    def get_emergency(self, page: SubstancePage) -> dict[str, Any]:
        return dict(EmergencySerializer(page.emergency()).data)


class SubstanceViewSet(PublishedPages[SubstancePage]):
    """Drug information. Show the emergency part first, and the review state."""

    api_type = "substance"
    serializer_class = SubstanceSerializer
    summary_serializer_class = SubstanceSummarySerializer

    def get_queryset(self) -> QuerySet[SubstancePage]:
        pages: QuerySet[SubstancePage] = SubstancePage.objects.live().public().order_by("title")
        shown = ("names", "families") if self.action == "list" else SubstancePage.shown_with
        return pages.prefetch_related(*shown)
