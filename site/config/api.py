"""Every endpoint of /api/v1/, one line each, and the page that explains them."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView
from rest_framework.routers import SimpleRouter

from config.api_docs import api_docs, openapi_json
from prevention.help.api import HelplineViewSet
from prevention.home.api import TopicViewSet
from prevention.indicators.api import IndicatorListView
from prevention.substances.api import InteractionViewSet, SubstanceViewSet
from resources.api import ResourceViewSet
from search.api import SearchView, SuggestView

PLACES = ("substances", "interactions", "resources", "topics", "helplines", "indicators", "search", "suggest")

router = SimpleRouter(trailing_slash=False)
router.register("substances", SubstanceViewSet, basename="substance")
router.register("interactions", InteractionViewSet, basename="interaction")
router.register("resources", ResourceViewSet, basename="resource")
router.register("topics", TopicViewSet, basename="topic")
router.register("helplines", HelplineViewSet, basename="helpline")

endpoints: list[URLPattern | URLResolver] = [
    path("", include(router.urls)),
    path("indicators", IndicatorListView.as_view(), name="indicators"),
    path("search", SearchView.as_view(), name="search"),
    path("suggest", SuggestView.as_view(), name="suggest"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include((endpoints, "api"))),
    path("api/v1/openapi.json", openapi_json, name="openapi"),
    path("api/v1/docs/", api_docs, name="api-docs"),
    # An address with a closing slash is redirected to the one without (decision 12).
    re_path(
        rf"^api/v1/(?P<place>(?:{'|'.join(PLACES)})(?:/[-\w]+)?)/+$",
        RedirectView.as_view(url="/api/v1/%(place)s", query_string=True, permanent=True),
    ),
]
