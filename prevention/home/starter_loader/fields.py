"""From a row of a starter file to the fields of a model: text, dates, children, pages, documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models
from modelcluster.fields import ParentalManyToManyField

from prevention.core.fields import LinesField, SafeRichTextField
from prevention.home.starter_loader.files import Source
from prevention.home.starter_loader.rich_text import to_html
from prevention.home.starter_loader.state import chosen_by, name_field
from prevention.media.models import CandourDocument

# (model, slugs) -> the instances. Raises LookupError for a slug that is not known.
Find = Callable[[type[models.Model], list[str]], list[models.Model]]


def by_slug(model: type[models.Model], slugs: list[str]) -> list[models.Model]:
    """Return the instances of `model` with these slugs or codes, in this order. Raises LookupError."""
    name = name_field(model)
    rows = model._default_manager.filter(**{f"{name}__in": slugs})
    found = {vars(row)[name]: row for row in rows}
    missing = [slug for slug in slugs if slug not in found]
    if missing:
        raise LookupError(f"there is no {model._meta.verbose_name} called {', '.join(map(str, missing))}.")
    return [found[slug] for slug in slugs]


def fill(
    instance: models.Model, row: dict[str, Any], source: Source, place: str, find: Find = by_slug
) -> list[str]:
    """Set the fields of `instance` from `row`; returns what could not be set, in sentences.

    Nothing is written: rows below a page and its documents are made with the page when it is saved. `find`
    gives the pages and snippets that the row names.
    """
    problems: list[str] = []
    for name, value in row.items():
        try:
            relation = _field(type(instance), name)
            if isinstance(relation, models.ManyToOneRel) and (choice := chosen_by(relation)):
                getattr(instance, name).set(_chosen(relation.related_model, choice, value, find))
            elif isinstance(relation, models.ManyToOneRel):
                children = _children(relation.related_model, value, source, problems, name)
                getattr(instance, name).set(list(children))
            else:
                _set(instance, name, value, source, find)
        except (LookupError, TypeError, ValueError, ValidationError, OSError) as error:
            told = "; ".join(error.messages) if isinstance(error, ValidationError) else error
            problems.append(source.problem(place or name, f"{name}: {told}"))
    return problems


def _set(instance: models.Model, name: str, value: Any, source: Source, find: Find) -> None:
    model_field = _field(type(instance), name)
    if isinstance(model_field, ParentalManyToManyField):
        getattr(instance, name).set(find(model_field.related_model, value))
    elif name == "file" and has_field(type(instance), "document"):
        setattr(instance, model_field.name, _document(folder_of(source) / value))
    elif isinstance(model_field, models.ForeignKey):
        found = find(model_field.related_model, [value]) if value else []
        setattr(instance, name, found[0] if found else None)
    else:
        setattr(instance, model_field.attname, model_field.to_python(_plain(model_field, value)))


def _chosen(model: type[models.Model], choice: Any, value: Any, find: Find) -> list[models.Model]:
    """Return rows that choose what `value` names: slugs or codes in a text, or a list of them."""
    names = [str(name) for name in value] if isinstance(value, list) else str(value or "").split()
    found = find(choice.related_model, list(dict.fromkeys(names)))
    return [model(sort_order=order, **{choice.name: one}) for order, one in enumerate(found)]


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


def folder_of(source: Source) -> Path:
    """Return the folder of the starter that a page's file is in; what it brings is named from there."""
    return source.path.parent.parent


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


def _document(path: Path) -> CandourDocument:
    """Return a document, checked and not yet saved."""
    file = ContentFile(path.read_bytes(), name=path.name)
    document = CandourDocument(title=path.stem.replace("-", " "), file=file)
    document.full_clean(exclude=["file_hash", "file_size", "uploaded_by_user", "collection"])
    document._set_document_file_metadata()
    return document


@cache
def _field(model: type[models.Model], name: str) -> Any:
    if name == "file" and has_field(model, "document"):
        return model._meta.get_field("document")
    if not has_field(model, name):
        raise LookupError(f"{model._meta.verbose_name} has no field of this name.")
    return model._meta.get_field(name)


@cache
def has_field(model: type[Any], name: str) -> bool:
    """Has the model a field or a relation of this name?"""
    return any(getattr(row, "name", None) == name for row in model._meta.get_fields())


def messages_of(error: ValidationError) -> list[str]:
    """Return the sentences of an error, each with its field where it has one."""
    if hasattr(error, "error_dict"):
        return [f"{name}: {text}" for name, texts in error.message_dict.items() for text in texts]
    return list(error.messages)
