"""The fields that every page has in the API."""

from __future__ import annotations

from typing import Any, TypeVar

from rest_framework import serializers

from prevention.core.models import BasePage
from prevention.delivery.api import ATTRIBUTION, absolute

P = TypeVar("P", bound=BasePage)


class SourceSerializer(serializers.Serializer[Any]):
    """One source, with the sections it backs."""

    number = serializers.IntegerField()
    title = serializers.CharField()
    publisher = serializers.CharField()
    url = serializers.URLField()
    published = serializers.CharField()
    accessed = serializers.DateField()
    sections = serializers.ListField(child=serializers.CharField())


class ReviewSerializer(serializers.Serializer[Any]):
    """Who checked the page, when, and when it is due again."""

    last_reviewed = serializers.DateField(allow_null=True)
    next_review = serializers.DateField(allow_null=True)
    reviewer_role = serializers.CharField()
    is_starter = serializers.BooleanField(
        help_text="True: not clinically reviewed yet. Say so where you show it."
    )
    is_changed_since_review = serializers.BooleanField(
        help_text="True: changed after the review, and not reviewed again. Say so where you show it."
    )
    change_note = serializers.CharField()


class PageSummarySerializer(serializers.ModelSerializer[P]):
    """A page in a list."""

    name = serializers.CharField(source="title")
    description = serializers.CharField(source="summary")
    url = serializers.SerializerMethodField(help_text="The page for people. Link to it.")
    date_modified = serializers.DateTimeField(source="last_published_at", allow_null=True)

    class Meta:
        model: type[Any] = BasePage
        fields: tuple[str, ...] = ("slug", "name", "description", "url", "date_modified")

    def get_url(self, page: P) -> str:
        """Return the page's address for people, with scheme and host."""
        return absolute(self.context["request"], page.get_url() or "/")


class PageSerializer(PageSummarySerializer[P]):
    """A whole page, with its sources, its review and the attribution to show."""

    sources = SourceSerializer(source="numbered_sources", many=True)
    review = ReviewSerializer(source="*")
    license = serializers.SerializerMethodField()

    class Meta(PageSummarySerializer.Meta):
        fields = (*PageSummarySerializer.Meta.fields, "sources", "review", "license")

    def get_license(self, page: P) -> str:
        """The attribution to show with the content."""
        return ATTRIBUTION
