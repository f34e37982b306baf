"""Search in the API. The words come in the query, so partners should send them from their server."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from prevention.core.api import PublicEndpoint, absolute
from prevention.core.caching import Tally
from prevention.help.api import HelplineSerializer
from search.find import Answer, Result, find, suggest

Q = OpenApiParameter(
    "q", str, required=True, description="What somebody typed; the first 200 characters count."
)


class MatchedSerializer(serializers.Serializer[Any]):
    """The name that led to a result; empty when only the text of the page matched."""

    name = serializers.CharField()
    how = serializers.CharField(help_text="exact, prefix or near.")


class ResultSerializer(serializers.Serializer[Any]):
    """One page. Show a result that is not certain as a question: 'Did you mean ...?'"""

    slug = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.CharField()
    url = serializers.SerializerMethodField()
    certain = serializers.BooleanField()
    matched = serializers.SerializerMethodField()
    snippet = serializers.CharField(help_text="Escaped HTML with <mark>.")
    score = serializers.FloatField()

    def get_url(self, result: Result) -> str:
        return absolute(self.context["request"], result.url)

    @extend_schema(responses=MatchedSerializer)
    def get_matched(self, result: Result) -> dict[str, str]:
        return {"name": result.matched_name, "how": result.matched_how}


class CardSerializer(serializers.Serializer[Any]):
    """What to do now."""

    heading = serializers.CharField()
    body = serializers.CharField()
    helplines = HelplineSerializer(many=True)


class CrisisSerializer(serializers.Serializer[Any]):
    """Urgent help. When `show` is true, show the card above everything else."""

    show = serializers.BooleanField()
    intent = serializers.CharField()
    card = CardSerializer(allow_null=True)


class AnswerSerializer(serializers.Serializer[Any]):
    """The answer to a search."""

    query = serializers.CharField()
    crisis = CrisisSerializer()
    unknown = serializers.BooleanField(help_text="True: nothing was found and nothing is close.")
    results = ResultSerializer(many=True)


class SearchView(PublicEndpoint):
    """Search substances, topics and lesson packs by name, street name, misspelling or words of the text."""

    api_type = "search"
    throttle_scope = "search"
    cache_control = None
    query_parameters: ClassVar[frozenset[str]] = frozenset({"q"})
    answer: Answer | None = None

    @extend_schema(parameters=[Q], responses=AnswerSerializer, operation_id="search")
    def get(self, request: Request) -> Response:
        self.answer = answer = find(_typed(request))
        crisis = answer.crisis
        card = crisis and {
            "heading": crisis.heading,
            "body": crisis.body,
            "helplines": answer.crisis_helplines,
        }
        row = {
            "query": answer.query,
            "crisis": {"show": crisis is not None, "intent": crisis.code if crisis else "", "card": card},
            "unknown": answer.unknown,
            "results": [*answer.suggestions, *answer.results],
        }
        return Response(AnswerSerializer(row, context={"request": request}).data)

    def tally(self) -> Tally:
        return (*super().tally(), *(self.answer.tally if self.answer else ()))


class SuggestionSerializer(serializers.Serializer[Any]):
    """One name for a search box."""

    name = serializers.CharField()
    title = serializers.CharField()
    url = serializers.CharField()
    certain = serializers.BooleanField()


class SuggestView(PublicEndpoint):
    """Names that begin with, or are close to, what has been typed so far."""

    api_type = "suggest"
    throttle_scope = "search"
    cache_control = None
    query_parameters: ClassVar[frozenset[str]] = frozenset({"q"})

    @extend_schema(parameters=[Q], responses=SuggestionSerializer(many=True), operation_id="suggest")
    def get(self, request: Request) -> Response:
        rows = [
            {
                "name": match.entry.name,
                "title": match.entry.title,
                "url": absolute(request, match.entry.url),
                "certain": match.certain,
            }
            for match in suggest(_typed(request))
        ]
        return Response(SuggestionSerializer(rows, many=True).data)


def _typed(request: Request) -> str:
    text = request.query_params.get("q", "")
    if not text.strip():
        raise ValidationError({"q": "Give the words to search for, for example ?q=ket."})
    return str(text)
