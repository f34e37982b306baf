"""Indicators in the API: their definitions and their released figures."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from prevention.delivery.api import PublicEndpoint
from prevention.delivery.content_version import FIGURES
from prevention.indicators.definitions import INDICATORS
from prevention.indicators.models import Release


class CellSerializer(serializers.Serializer[Any]):
    """One published figure. Where no value may be shown, `value` is null and `shorthand` says why."""

    label = serializers.CharField()  # type: ignore[assignment]  # a field may have the name of an argument
    value = serializers.FloatField(allow_null=True)
    shorthand = serializers.CharField()
    lower = serializers.FloatField(allow_null=True)
    upper = serializers.FloatField(allow_null=True)


class ReleaseSerializer(serializers.Serializer[Any]):
    """The figures of one month."""

    period = serializers.DateField(help_text="The first day of the month.")
    released_on = serializers.DateField()
    headline = CellSerializer(source="figures.headline")
    rows = CellSerializer(source="figures.rows", many=True)


class IndicatorSerializer(serializers.Serializer[Any]):
    """An indicator's definition and all its released months, the newest first."""

    code = serializers.CharField()
    name = serializers.CharField()
    question = serializers.CharField()
    definition = serializers.CharField()
    formula = serializers.CharField()
    caveats = serializers.ListField(child=serializers.CharField())
    releases = ReleaseSerializer(many=True)


class IndicatorListView(PublicEndpoint):
    """Every indicator with its definition and its released months."""

    api_type = "indicator"
    shown_scopes = FIGURES

    @extend_schema(responses=IndicatorSerializer(many=True), operation_id="indicators_list")
    def get(self, request: Request) -> Response:
        """Process indicators: they do not show whether drug use rose or fell."""
        releases: dict[str, list[Release]] = {}
        for release in Release.objects.order_by("-period"):
            releases.setdefault(release.indicator, []).append(release)
        rows = [
            {**asdict(indicator), "releases": releases.get(indicator.code, [])} for indicator in INDICATORS
        ]
        return Response(IndicatorSerializer(rows, many=True).data)
