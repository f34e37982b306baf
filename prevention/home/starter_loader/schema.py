"""JSON Schemas of the starter files, made from the models, for the tools of editors: what may stand where.

The loader checks more (that sources are whole, that pages exist); a schema says it while somebody types.
"""

from __future__ import annotations

import json
from typing import Any

from django.apps import apps
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.text import capfirst
from wagtail.documents import get_document_model
from wagtail.models import Page

from prevention.core.fields import CodesField, LinesField, SafeRichTextField
from prevention.core.models import PLAIN_SLUG, Citation
from prevention.home.starter_loader.layout import (
    BESIDE,
    DOCUMENTS,
    INTERACTION,
    INTERACTIONS,
    PAGE_ORDER,
    PLACE,
    SEARCH,
    SNIPPETS,
)
from prevention.home.starter_loader.state import chosen_by, content_fields, content_relations

SCHEMAS = "schema"
DRAFT = "https://json-schema.org/draft/2020-12/schema"
TEXT = {"type": "string"}
POSITIVE = (models.PositiveIntegerField, models.PositiveSmallIntegerField, models.PositiveBigIntegerField)
Schema = dict[str, Any]


def schema_name(kind: str) -> str:
    """The file of a schema: of the pages of a kind, of what stands beside pages, of a snippet file."""
    return f"{kind}.json"


def schema_texts() -> dict[str, str]:
    """Return {file name: JSON} of every schema."""
    return {
        schema_name(kind): json.dumps({"$schema": DRAFT, **schema}, indent=1, ensure_ascii=False) + "\n"
        for kind, schema in schemas().items()
    }


def schemas() -> dict[str, Schema]:
    """Return {kind: schema}: of the front matter of each page type, names, sources, each snippet file."""
    made = {apps.get_model(label).kind: _page(label) for label in PAGE_ORDER}
    made |= {part: _beside(names) for part, names in BESIDE.items()}
    for name, lists in {**SNIPPETS, **SEARCH, INTERACTIONS: {"": (INTERACTION, "")}}.items():
        rows = {key: _rows(_fields(apps.get_model(label))) for key, (label, _) in lists.items()}
        made[name.removesuffix(".yaml")] = rows[""] if "" in rows else _object(rows, [])
    return made


def _page(label: str) -> Schema:
    model = apps.get_model(label)
    fields = _fields(model)
    inside = {
        name: schema for name, schema in fields["properties"].items() if not _stands_elsewhere(model, name)
    }
    properties = {
        "model": {"const": label},
        PLACE: {
            "type": "integer",
            "minimum": 1,
            "description": "Before pages of its type with a higher number.",
        },
        **inside,
    }
    needed = ["model", *(name for name in fields["required"] if name in inside)]
    return {"title": str(capfirst(model._meta.verbose_name)), **_object(properties, needed)}


def _stands_elsewhere(model: type[models.Model], name: str) -> bool:
    beside = {name for names in BESIDE.values() for name in names}
    return name in beside or isinstance(model._meta.get_field(name), SafeRichTextField)


def _beside(names: tuple[str, ...]) -> Schema:
    if "sources" in names:
        fields = _fields(Citation)
        del fields["properties"]["section"]
        fields["required"].remove("section")
        keys = {"type": "object", "additionalProperties": {"type": "array", "items": TEXT}}
        cited = {
            "description": "Section: keys of its sources.",
            "anyOf": [keys, {"type": "array", "items": keys}],
        }
        sources = {"type": "object", "additionalProperties": fields}
        return _object(dict(zip(names, (sources, cited), strict=True)), list(names))
    substance = _fields(apps.get_model("substances.SubstancePage"))["properties"]
    return _object({name: substance[name] for name in names}, [])


def _fields(model: type[models.Model]) -> Schema:
    """The fields of a page, a row or a snippet, texts included."""
    properties, needed = {}, []
    for row in content_fields(model):
        if issubclass(model, Page) or not _is_owner(row):
            name = "file" if row.is_relation and row.related_model is get_document_model() else row.name
            properties[name] = {"title": str(capfirst(row.verbose_name)), **_field(row)}
            if row.help_text:
                properties[name]["description"] = str(row.help_text)
            if row.has_default() and row.get_default():
                properties[name]["default"] = row.get_default()
            if not row.blank and not row.has_default():
                needed.append(name)
    for relation in content_relations(model):
        name = relation.get_accessor_name()
        properties[name] = _names(relation) if chosen_by(relation) else _rows(_fields(relation.related_model))
    return _object(properties, needed)


def _names(relation: Any) -> Schema:
    """What a text of chosen things is called and says."""
    title = str(capfirst(relation.related_model._meta.verbose_name_plural))
    return {"title": title, "description": "Slugs or codes, the first one first, with spaces.", **TEXT}


def _is_owner(row: Any) -> bool:
    """Is it the field by which a row below a page says whose it is?"""
    return row.is_relation and row.remote_field.on_delete is models.CASCADE and row.name == "page"


def _field(row: Any) -> Schema:
    if row.is_relation:
        return _relation(row)
    if isinstance(row, CodesField):
        options = row.options.values if row.options else []
        return {"type": "array", "items": {"enum": options}, "uniqueItems": True}
    if isinstance(row, LinesField):
        return {"type": "array", "items": TEXT}
    if isinstance(row, models.BooleanField):
        return {"type": "boolean"}
    if isinstance(row, models.IntegerField):
        return {"type": "integer", **_bounds(row)}
    if isinstance(row, models.DateField):
        return {"type": "string", "format": "date"}
    return _text(row)


def _text(row: Any) -> Schema:
    if row.choices:
        return {"enum": [value for value, _ in row.choices if value]}
    schema: Schema = dict(TEXT)
    if row.max_length:
        schema["maxLength"] = row.max_length
    if isinstance(row, models.URLField):
        schema["format"] = "uri"
    if isinstance(row, models.SlugField):
        schema["pattern"] = f"^{PLAIN_SLUG.pattern}$"
    if not row.blank:
        schema["minLength"] = 1
    return schema


def _relation(row: Any) -> Schema:
    if row.related_model is get_document_model():
        return {"type": "string", "pattern": f"^{DOCUMENTS}/"}
    if isinstance(row, models.ManyToManyField):
        return {"type": "array", "items": TEXT, "uniqueItems": True}
    return dict(TEXT)


def _bounds(row: Any) -> Schema:
    """What the field itself says; `row.validators` has the range of the database's own type too."""
    bounds: Schema = {"minimum": 0} if isinstance(row, POSITIVE) else {}
    for validator in row.deconstruct()[3].get("validators", []):
        if isinstance(validator, MaxValueValidator):
            bounds["maximum"] = validator.limit_value
    return bounds


def _rows(fields: Schema) -> Schema:
    return {"type": "array", "items": fields}


def _object(properties: Schema, needed: list[str]) -> Schema:
    return {"type": "object", "properties": properties, "required": needed, "additionalProperties": False}
