"""Search in the API. The words are in the address, so partners should send them from their own server."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from prevention.core.models import Audience
from prevention.core.nations import Nation
from prevention.delivery.answers import Counts
from prevention.delivery.api import PublicEndpoint, absolute
from prevention.help.api import HelplineSerializer
from search.find import Answer, Card, Suggestion, find, suggest
from search.rank import KINDS, Result

Q = OpenApiParameter(
    "q", str, required=True, description="What somebody typed; the first 600 characters count."
)


class MatchedSerializer(serializers.Serializer[Any]):
    """The name that led to a result (empty if none did), and how the result was found."""

    name = serializers.CharField()
    how = serializers.CharField(
        help_text="exact, prefix, near, topic (by phrases of editors), text, or mix (two drugs)."
    )


class ResultSerializer(serializers.Serializer[Any]):
    """One page. Show a result that is not certain as a question: 'Did you mean ...?', with both spellings."""

    slug = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.CharField(
        help_text="substance, mixing, topic, pack, help ... Of `mixing`, the url says which."
    )
    audience = serializers.ChoiceField(choices=Audience.choices)
    url = serializers.SerializerMethodField()
    certain = serializers.BooleanField()
    matched = serializers.SerializerMethodField()
    snippet = serializers.CharField(help_text="Escaped HTML with <mark>.")
    score = serializers.FloatField(help_text="Of no meaning but the order of one answer.")

    def get_url(self, result: Result) -> str:
        """The full address of the page."""
        return absolute(self.context["request"], result.url)

    @extend_schema(responses=MatchedSerializer)
    def get_matched(self, result: Result) -> dict[str, str]:
        """The name that led to this result, and how it was found."""
        return {"name": result.matched_name, "how": result.matched_how}


class CardSerializer(serializers.Serializer[Any]):
    """A card that tells the reader what to do now, with helplines."""

    heading = serializers.CharField()
    body = serializers.CharField()
    helplines = HelplineSerializer(many=True)
    url = serializers.SerializerMethodField(help_text="Where to read on; may be empty.")

    def get_url(self, card: Card) -> str:
        """The full address of the page to read on, or an empty text."""
        return absolute(self.context["request"], card.url) if card.url else ""


class CrisisSerializer(serializers.Serializer[Any]):
    """Urgent help. When `show` is true, show the card above everything else."""

    show = serializers.BooleanField()
    intent = serializers.CharField()
    card = CardSerializer(allow_null=True)


class IntentCardSerializer(CardSerializer):
    """A card for a question that is not a search for a page: 'how do I stop', 'which drug is best'."""

    intent = serializers.CharField(source="code")


class FacetsSerializer(serializers.Serializer[Any]):
    """The number of pages of each kind and for each audience, before the filters."""

    kind = serializers.DictField(child=serializers.IntegerField())
    audience = serializers.DictField(child=serializers.IntegerField())


class AnswerSerializer(serializers.Serializer[Any]):
    """The answer to a search."""

    query = serializers.CharField()
    crisis = CrisisSerializer()
    card = IntentCardSerializer(allow_null=True, help_text="A card that is not urgent, or null.")
    unknown_names = serializers.ListField(
        child=serializers.CharField(), help_text="Words that are no English and no name that we know."
    )
    results = ResultSerializer(many=True)
    facets = FacetsSerializer()


FILTERS = [
    OpenApiParameter("kind", str, many=True, description="Keep only results of this kind. May be repeated."),
    OpenApiParameter(
        "audience", str, many=True, enum=Audience.values, description="Keep only results for these readers."
    ),
    OpenApiParameter(
        "nation", str, enum=Nation.values, description="Where the reader is: chooses the helplines."
    ),
]


class SearchView(PublicEndpoint):
    """Search, without caching: what somebody typed must not be stored."""

    api_type = "search"
    throttle_scope = "search"
    cache_control = None
    query_parameters: ClassVar[frozenset[str]] = frozenset({"q", "kind", "audience", "nation"})
    answer: Answer | None = None

    @extend_schema(parameters=[Q, *FILTERS], responses=AnswerSerializer, operation_id="search")
    def get(self, request: Request) -> Response:
        """Search substances, topics and lesson packs by names, misspellings, questions and words of texts.

        Answers 400 for an empty `q` or an unknown value of a filter.
        """
        self.answer = answer = find(
            _typed(request),
            kinds=_chosen(request, "kind", KINDS),
            audiences=_chosen(request, "audience", Audience.values),
            nation=next(iter(_chosen(request, "nation", Nation.values)), ""),
        )
        crisis = answer.crisis
        row = {
            "query": answer.query,
            "crisis": {"show": crisis is not None, "intent": crisis.code if crisis else "", "card": crisis},
            "card": answer.card,
            "unknown_names": answer.unknown_names,
            "results": answer.results,
            "facets": answer.facets,
        }
        return Response(AnswerSerializer(row, context={"request": request}).data)

    def counts(self) -> Counts:
        """Return what this request counts as: a call of the API, and the concepts of the search."""
        return (*super().counts(), *(self.answer.counts if self.answer else ()))


class SuggestionSerializer(serializers.Serializer[Any]):
    """One suggestion for a search box: a name, and its page."""

    name = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.CharField()
    slug = serializers.CharField()
    url = serializers.SerializerMethodField()
    certain = serializers.BooleanField(help_text="False: it is only spelt nearly so.")

    def get_url(self, suggestion: Suggestion) -> str:
        """The full address of the page."""
        return absolute(self.context["request"], suggestion.url)


class SuggestView(PublicEndpoint):
    """Suggestions, without caching: what somebody typed must not be stored."""

    api_type = "suggest"
    throttle_scope = "suggest"
    cache_control = None
    query_parameters: ClassVar[frozenset[str]] = frozenset({"q"})

    @extend_schema(parameters=[Q], responses=SuggestionSerializer(many=True), operation_id="suggest")
    def get(self, request: Request) -> Response:
        """List names that begin with, or are close to, what has been typed so far.

        Answers 400 for an empty `q`.
        """
        rows = suggest(_typed(request))
        return Response(SuggestionSerializer(rows, many=True, context={"request": request}).data)


def _chosen(request: Request, name: str, known: Collection[str]) -> list[str]:
    """Return the values of a query parameter. Raises ValidationError (400) if one is not in `known`."""
    values = request.query_params.getlist(name)
    if set(values) - set(known):
        raise ValidationError({name: f"Give one of {', '.join(known)}."})
    return list(values)


def _typed(request: Request) -> str:
    """Return the query parameter `q`. Raises ValidationError (400) if it is empty."""
    text = request.query_params.get("q", "")
    if not text.strip():
        raise ValidationError({"q": "Give the words to search for, for example ?q=ket."})
    return str(text)
