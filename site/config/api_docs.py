"""The OpenAPI 3.1 document as JSON, and as a page that needs no JavaScript (decision 17)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from prevention.delivery.answers import public
from prevention.delivery.api import PARTNER_CACHE

EXAMPLES = {"{slug}": "ketamine"}


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """Return the OpenAPI document; made once per process, since it depends on the code only."""
    generator = SchemaGenerator(urlconf="config.api")
    schema: dict[str, Any] = generator.get_schema(request=None, public=True)
    return schema


@require_safe
def openapi_json(request: HttpRequest) -> HttpResponseBase:
    """Answer with the OpenAPI document as JSON."""
    return public(
        JsonResponse(document()), counts=(("api.serve", "openapi", ""),), cache_control=PARTNER_CACHE
    )


@require_safe
def api_docs(request: HttpRequest) -> HttpResponseBase:
    """Show the page about the API."""
    info = document()["info"]
    context = {
        "title": info["title"],
        "description": info["description"],
        "base_url": request.build_absolute_uri("/api/v1/"),
        "operations": [
            _operation(path, method, spec)
            for path, methods in document()["paths"].items()
            for method, spec in methods.items()
        ],
        "breadcrumbs": [("Home", "/")],
    }
    return public(render(request, "api/docs.html", context), counts=(("page.view", "page:api", ""),))


def _operation(path: str, method: str, spec: dict[str, Any]) -> dict[str, Any]:
    example = path
    for placeholder, value in EXAMPLES.items():
        example = example.replace(placeholder, value)
    required = [
        row["name"] for row in spec.get("parameters", []) if row["in"] == "query" and row.get("required")
    ]
    return {
        "method": method.upper(),
        "path": path,
        "summary": spec.get("summary", ""),
        "description": spec.get("description", ""),
        "parameters": spec.get("parameters", []),
        "responses": list(spec.get("responses", {})),
        "example_url": example + (f"?{required[0]}=ket" if required else ""),
    }
