"""The base of the endpoints of pages: lists, whole pages, and what became of those that have gone."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from django.db.models import Model
from django.http import Http404, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from prevention.core.addresses import Tombstone, left_behind_as
from prevention.core.page_index import PageEntry
from prevention.delivery.api import LIST_PARAMETERS, PublicEndpoint, absolute

P = TypeVar("P", bound=Model)


class ReplacementSerializer(serializers.Serializer[PageEntry]):
    """The page to show instead of one that is gone."""

    slug = serializers.CharField()
    name = serializers.CharField(source="title")
    url = serializers.SerializerMethodField(help_text="The page for people. Link to it.")
    api_url = serializers.SerializerMethodField(help_text="'' when it is not in the API.")

    def get_url(self, entry: PageEntry) -> str:
        """The page's address for people, with scheme and host."""
        return absolute(self.context["request"], entry.url)

    def get_api_url(self, entry: PageEntry) -> str:
        """Its address in the API, with scheme and host; '' when it is not in the API."""
        place = address_in_api(entry)
        return absolute(self.context["request"], place) if place else ""


class TombstoneSerializer(serializers.Serializer[Tombstone]):
    """What became of a page that is gone. Stop showing what you have of it."""

    detail = serializers.CharField(source="sentence", help_text="What happened, in a sentence.")
    name = serializers.CharField(source="title")
    withdrawn_on = serializers.DateField(source="day", help_text="In London.")
    reason = serializers.CharField(help_text="In plain words, for readers.")
    drop_by = serializers.DateTimeField(help_text="When you must have stopped showing it.", allow_null=True)
    replacement = ReplacementSerializer(allow_null=True, help_text="What to show instead.")


class PageSchema(AutoSchema):
    """Adds to the document what the endpoint of one page answers when the page is not there any more."""

    def get_response_serializers(self) -> Any:
        usual = super().get_response_serializers()
        if getattr(self.view, "action", "") != "retrieve":
            return usual
        moved = OpenApiResponse(description="It has another slug now: follow Location. It may get it back.")
        return {200: usual, 302: moved, 410: TombstoneSerializer}


class PublishedPages(PublicEndpoint, ListModelMixin, RetrieveModelMixin, GenericViewSet[P]):
    """Published pages of one type: a list of summaries, and each whole page by its slug.

    A former slug is redirected to the present one; what is gone is answered with 410 and its tombstone.
    `query_parameters` are those of the list; the endpoint of one page takes none. `api_type` is the kind.
    """

    schema = PageSchema()
    lookup_field = "slug"
    lookup_value_regex = r"[-\w]+"
    query_parameters: ClassVar[frozenset[str]] = LIST_PARAMETERS
    summary_serializer_class: ClassVar[type[BaseSerializer[Any]]]

    def known_parameters(self) -> frozenset[str]:
        return self.query_parameters if self.action == "list" else frozenset()

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return self.summary_serializer_class if self.action == "list" else super().get_serializer_class()

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        # Also a redirect of Django, which is no Response of DRF.
        try:
            return super().retrieve(request, *args, **kwargs)
        except Http404:
            way = left_behind_as(self.api_type, self.kwargs["slug"])
            if isinstance(way, Tombstone):
                body = TombstoneSerializer(way, context=self.get_serializer_context()).data
                return Response(body, status=410)
            place = address_in_api(way) if way is not None else ""
            if not place:
                raise
            return HttpResponseRedirect(place)


def address_in_api(entry: PageEntry) -> str:
    """Return the path of a page in the API; '' when it is not in the API."""
    name = getattr(entry.model, "api_detail", "")
    return reverse(name, kwargs={"slug": entry.slug}) if name else ""
