"""Substances in the API, with the property names of schema.org and of the NHS content model."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from prevention.core.api import PublishedPages
from prevention.core.page_index import page_index
from prevention.core.sanitise import plain_text
from prevention.core.serializers import PageSerializer, PageSummarySerializer
from prevention.delivery.api import LIST_PARAMETERS, PublicEndpoint
from prevention.substances.models import (
    Family,
    Interaction,
    LegalStatus,
    Mixture,
    PenaltyProfile,
    SubstanceName,
    SubstancePage,
    SubstanceRoute,
    substance_called,
)


class NameSerializer(serializers.ModelSerializer[SubstanceName]):
    """One name of a substance."""

    class Meta:
        model = SubstanceName
        fields = ("name", "kind", "region", "ambiguous", "source")


class FamilySerializer(serializers.ModelSerializer[Family]):
    """One family of drugs, after the groups of the Drugs Wheel."""

    class Meta:
        model = Family
        fields = ("slug", "name", "description")


class RouteSerializer(serializers.ModelSerializer[SubstanceRoute]):
    """One way into the body (schema.org: administrationRoute), and what is risky about it."""

    class Meta:
        model = SubstanceRoute
        fields = ("route", "risk")


class PenaltySerializer(serializers.ModelSerializer[PenaltyProfile]):
    """The highest penalties that a court can give an adult."""

    class Meta:
        model = PenaltyProfile
        fields = ("possession_max", "supply_max", "mode_of_trial", "source_title", "source_url")


class LegalStatusSerializer(serializers.ModelSerializer[LegalStatus]):
    """The legal status in a period. `effective_to` is the first day on which it no longer applies."""

    in_force = serializers.SerializerMethodField(help_text="On the day of this answer, in London.")
    penalties = PenaltySerializer(allow_null=True, read_only=True)

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
            "exemptions",
            "penalties",
            "verified_on",
            "checked_against",
        )

    def get_in_force(self, row: LegalStatus) -> bool:
        """Whether it applies on the day of this answer, in London."""
        return row.in_force()


class EmergencySerializer(serializers.Serializer[Any]):
    """Signs of danger, what to do, what not to do."""

    signs = serializers.ListField(child=serializers.CharField())
    do = serializers.ListField(child=serializers.CharField())
    dont = serializers.ListField(child=serializers.CharField())


class SectionSerializer(serializers.Serializer[Any]):
    """One section of text. `has_health_aspect` is a term of the NHS content model."""

    identifier = serializers.CharField(source="field")
    headline = serializers.CharField(source="heading")
    has_health_aspect = serializers.CharField(source="aspect")
    html = serializers.CharField()
    text = serializers.SerializerMethodField()
    source_numbers = serializers.ListField(child=serializers.IntegerField(), source="citation_numbers")

    def get_text(self, section: dict[str, Any]) -> str:
        """The section as plain text."""
        return plain_text(section["html"]) or "\n".join(section["items"])


class MixtureSerializer(serializers.Serializer[Mixture]):
    """What is recorded about mixing it with another substance. No record means unknown, which is not safe."""

    other = serializers.SerializerMethodField(help_text="Slug of the other substance or group.")
    name = serializers.CharField(source="title")
    level = serializers.CharField(source="record.level", help_text="danger, serious, caution or unknown.")
    reliability = serializers.CharField(
        source="record.reliability", help_text="proven, inferred or hypothetical."
    )
    explanation = serializers.CharField(source="record.explanation")
    recorded_of = serializers.SerializerMethodField(
        help_text="Slug of the substance, or of the group that it belongs to, of which this is recorded."
    )
    source_title = serializers.CharField(source="record.source_title")
    source_publisher = serializers.CharField(source="record.source_publisher")
    source_url = serializers.URLField(source="record.source_url")

    def get_other(self, mixture: Mixture) -> str:
        """Slug of the other substance or group."""
        return slug_of(mixture.other)

    def get_recorded_of(self, mixture: Mixture) -> str:
        """Slug of the substance itself, or of its group if the record is about the group."""
        return slug_of(mixture.mine)


class InteractionSerializer(serializers.ModelSerializer[Interaction]):
    """One record on mixing two substances or groups. The pair has no order."""

    between = serializers.SerializerMethodField(help_text="The slugs of the two substances or groups.")

    class Meta:
        model = Interaction
        fields = (
            "between",
            "level",
            "reliability",
            "explanation",
            "source_title",
            "source_publisher",
            "source_url",
            "source_published",
            "source_accessed",
        )

    def get_between(self, record: Interaction) -> list[str]:
        """The two slugs, sorted."""
        return sorted((slug_of(record.first_id), slug_of(record.second_id)))


def slug_of(number: int) -> str:
    """Return the slug of the public page with the id `number`. Raises KeyError if it is not public."""
    return page_index().by_id[number].slug


class SubstanceSummarySerializer(PageSummarySerializer[SubstancePage]):
    """A substance in a list."""

    alternate_name = serializers.SerializerMethodField(help_text="Every public name.")
    families: serializers.SlugRelatedField[Family] = serializers.SlugRelatedField(
        slug_field="slug", many=True, read_only=True
    )

    class Meta(PageSummarySerializer.Meta):
        model = SubstancePage
        fields = (*PageSummarySerializer.Meta.fields, "alternate_name", "families", "is_group")

    def get_alternate_name(self, page: SubstancePage) -> list[str]:
        """Every name that may be shown."""
        return [name.name for name in page.names.all() if name.is_public]


class SubstanceSerializer(PageSerializer[SubstancePage]):
    """A substance with its sections, names, law and records on mixing."""

    names = serializers.SerializerMethodField()
    families = FamilySerializer(many=True, read_only=True)
    emergency = serializers.SerializerMethodField()
    groups = serializers.SerializerMethodField(help_text="Slugs of the group pages that it belongs to.")
    flags = serializers.SerializerMethodField(help_text="What else it is: medicine, nps, volatile ...")
    forms = serializers.SerializerMethodField(help_text="What it can look like: powder, pill, liquid ...")
    routes = RouteSerializer(many=True)
    sections = SectionSerializer(many=True)
    interactions = MixtureSerializer(source="mixtures", many=True)
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
            "is_group",
            "groups",
            "flags",
            "forms",
            "emergency",
            "routes",
            "sections",
            "interactions",
            "stopping_is_dangerous",
            "legal_status",
        )

    def get_names(self, page: SubstancePage) -> list[dict[str, Any]]:
        """Every name that may be shown."""
        shown = [name for name in page.names.all() if name.is_public]
        return list(NameSerializer(shown, many=True).data)

    def get_groups(self, page: SubstancePage) -> list[str]:
        """Slugs of the public group pages that it belongs to."""
        return [entry.slug for entry in page.groups_shown()]

    def get_flags(self, page: SubstancePage) -> list[str]:
        """Codes of what else it is."""
        return page.flags.split()

    def get_forms(self, page: SubstancePage) -> list[str]:
        """Codes of what it can look like."""
        return page.forms.split()

    def get_emergency(self, page: SubstancePage) -> dict[str, Any]:
        """Signs of danger, what to do, what not to do."""
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


class InteractionViewSet(PublicEndpoint, ListModelMixin, GenericViewSet[Interaction]):
    """Records on mixing. Give `substance` once for all records of one substance, twice for a pair.

    A pair without a record is unknown, and unknown is not safe: say so where you show it.
    """

    api_type = "interaction"
    serializer_class = InteractionSerializer
    query_parameters = LIST_PARAMETERS | {"substance"}

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "substance", str, many=True, description="Slugs of one or two substances or groups."
            )
        ]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Interaction]:
        public = list(page_index().by_id)
        records = Interaction.objects.live().filter(first__in=public, second__in=public).order_by("pk")
        wanted = chosen(self.request.query_params.getlist("substance"))
        if len(wanted) == 2:
            return records.joining(*wanted)
        return records.about(wanted[0]) if wanted else records


def chosen(slugs: list[str]) -> list[list[int]]:
    """Return, for each slug, present or former, the ids of that substance's page and of its groups.

    Raises ValidationError (400) for an unknown slug, or for more than two.
    """
    if len(slugs) > 2:
        raise ValidationError({"substance": "Give one or two substances."})
    numbers = {slug: substance_called(slug) for slug in slugs}
    wanted = [number for number in numbers.values() if number is not None]
    pages = SubstancePage.objects.filter(pk__in=wanted).prefetch_related("groups").in_bulk()
    unknown = [slug[:60] for slug, number in numbers.items() if number not in pages]
    if unknown:
        raise ValidationError({"substance": f"There is no substance called {', '.join(unknown)}."})
    return [pages[number].mixing_ids for slug in slugs if (number := numbers[slug]) is not None]
