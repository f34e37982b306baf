"""All addresses: those of staff, then the public views, then Wagtail's pages."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from config import api
from config.views import health, robots
from prevention.core.views import serve_page
from prevention.help.views import go
from prevention.indicators.views import indicators
from resources.views import pack_file, pack_zip
from search.views import results, suggestions

handler429 = "prevention.users.views.too_many_requests"  # allauth looks it up here

sign_in = never_cache(RedirectView.as_view(pattern_name="account_login", query_string=True))

private: list[URLPattern | URLResolver] = [
    path("accounts/", include("prevention.users.urls")),
    # Wagtail's own two sign-in forms neither limit wrong tries nor ask for a second step (decision 21).
    path("admin/login/", sign_in),
    path("_util/login/", sign_in),
    path("admin/", include(wagtailadmin_urls)),
]

public: list[URLPattern | URLResolver] = [
    *api.urlpatterns,
    path("search/", results, name="search"),
    path("search/suggest/", suggestions, name="suggestions"),
    path("go/<slug:code>/", go, name="go"),
    path("resources/<slug:slug>/download/", pack_zip, name="pack-zip"),
    path("resources/<slug:slug>/files/<int:number>/", pack_file, name="pack-file"),
    path("indicators/", indicators, name="indicators"),
    path("documents/", include(wagtaildocs_urls)),
    # Resized pictures only; documents and originals are in other folders, which are not served here.
    path("media/images/<path:path>", serve, {"document_root": Path(settings.MEDIA_ROOT) / "images"}),
    path("healthz/", health, name="health"),
    path("robots.txt", robots, name="robots"),
]

urlpatterns = [
    *private,
    *public,
    re_path(wagtail_urls.serve_pattern, serve_page, name="wagtail_serve"),
    path("", include(wagtail_urls)),
]
