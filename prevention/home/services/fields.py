"""From a row of a starter file to the fields of a model: text, dates, children, pages, documents."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import models
from modelcluster.fields import ParentalManyToManyField
from wagtail.documents import get_document_model
from wagtail.models import Page

from prevention.core.fields import LinesField, SafeRichTextField
from prevention.home.services.files import Source
from prevention.home.services.rich_text import to_html


def fill(instance: models.Model, row: dict[str, Any], source: Source, place: str) -> list[str]:
    """Set the fields of `instance` from `row`; returns what could not be set, in sentences."""
    problems: list[str] = []
    for name, value in row.items():
        try:
            if isinstance(relation := _field(type(instance), name), models.ManyToOneRel):
                children = _children(relation.related_model, value, source, problems, name)
                getattr(instance, name).set(list(children))
            else:
                _set(instance, name, value, source)
        except (LookupError, TypeError, ValueError, ValidationError, OSError) as error:
            told = "; ".join(error.messages) if isinstance(error, ValidationError) else error
            problems.append(source.problem(place or name, f"{name}: {told}"))
    return problems


def _set(instance: models.Model, name: str, value: Any, source: Source) -> None:
    model_field = _field(type(instance), name)
    if isinstance(model_field, ParentalManyToManyField):
        getattr(instance, name).set(_by_slug(model_field.related_model, value))
    elif name == "file" and has_field(type(instance), "document"):
        vars(instance)["document_id"] = _document(source.path.parent.parent / value).pk
    elif isinstance(model_field, models.ForeignKey) and model_field.related_model is Page:
        setattr(instance, name, _by_slug(Page, [value])[0] if value else None)
    else:
        setattr(instance, model_field.attname, model_field.to_python(_plain(model_field, value)))


def _children(
    model: type[models.Model], rows: list[dict[str, Any]], source: Source, problems: list[str], place: str
) -> Iterator[models.Model]:
    for order, row in enumerate(rows):
        where = f"{place}.{order + 1}"
        if not isinstance(row, dict):
            problems.append(source.problem(where, "give each row as named fields."))
            continue
        child = model(sort_order=order)
        problems += fill(child, row, source, where)
        yield child


def _plain(model_field: models.Field[Any, Any], value: Any) -> Any:
    if isinstance(model_field, SafeRichTextField):
        return to_html(value or "")
    if isinstance(model_field, LinesField):
        return "\n".join(value) if isinstance(value, list) else str(value or "")
    if isinstance(value, list):
        return " ".join(str(part) for part in value)
    if isinstance(value, str):
        return value.strip()
    if value is None and not model_field.null:
        return ""
    return value


def _by_slug(model: type[models.Model], slugs: list[str]) -> list[models.Model]:
    found = {vars(row)["slug"]: row for row in model._default_manager.filter(slug__in=slugs)}
    missing = [slug for slug in slugs if slug not in found]
    if missing:
        raise LookupError(f"there is no {model._meta.verbose_name} called {', '.join(missing)}.")
    return [found[slug] for slug in slugs]


def _document(path: Path) -> models.Model:
    model = get_document_model()
    with path.open("rb") as opened:
        document = model(title=path.stem.replace("-", " "), file=File(opened, name=path.name))
        document.full_clean(exclude=["file_hash", "file_size", "uploaded_by_user", "collection"])
        document.save()
    return document


def _field(model: type[models.Model], name: str) -> Any:
    if name == "file" and has_field(model, "document"):
        return model._meta.get_field("document")
    if not has_field(model, name):
        raise LookupError(f"{model._meta.verbose_name} has no field of this name.")
    return model._meta.get_field(name)


def has_field(model: type[models.Model], name: str) -> bool:
    return any(getattr(row, "name", None) == name for row in model._meta.get_fields())


def messages_of(error: ValidationError) -> list[str]:
    if hasattr(error, "error_dict"):
        return [f"{name}: {text}" for name, texts in error.message_dict.items() for text in texts]
    return list(error.messages)
