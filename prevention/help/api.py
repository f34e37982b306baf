"""The API's endpoint for helplines."""

from __future__ import annotations

from typing import ClassVar

from django.db.models import QuerySet
from rest_framework import mixins, serializers, viewsets

from prevention.delivery.api import LIST_PARAMETERS, PublicEndpoint
from prevention.help.models import Helpline


class HelplineSerializer(serializers.ModelSerializer[Helpline]):
    """One helpline."""

    tel = serializers.CharField(
        read_only=True, help_text="The phone number as a telephone dials it: 08001111."
    )
    hours = serializers.CharField(
        read_only=True, help_text="The opening hours and what a call costs, in words, as people read them."
    )
    nations = serializers.SerializerMethodField(help_text="Where it works: england, scotland, wales, ni.")

    class Meta:
        model = Helpline
        fields = (
            "code",
            "name",
            "what_for",
            "kind",
            "phone",
            "tel",
            "text_number",
            "text_message",
            "url",
            "hours",
            "nations",
            "verified_on",
        )

    def get_nations(self, helpline: Helpline) -> list[str]:
        """Return the codes of the nations that were chosen; none means all."""
        return helpline.nations.split()


class HelplineViewSet(PublicEndpoint, mixins.ListModelMixin, viewsets.GenericViewSet[Helpline]):
    """Numbers to ring and text. Show 999 first."""

    api_type = "helpline"
    query_parameters: ClassVar[frozenset[str]] = LIST_PARAMETERS
    serializer_class = HelplineSerializer

    def get_queryset(self) -> QuerySet[Helpline]:
        return Helpline.objects.live()
