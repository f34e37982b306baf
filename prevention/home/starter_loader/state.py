"""A page or a snippet as plain data, in the shape of the starter files, to compare and to write out."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from django.db import models
from modelcluster.fields import ParentalManyToManyField
from modelcluster.models import ClusterableModel, get_all_child_relations
from wagtail.documents import get_document_model
from wagtail.models import Page

from prevention.core.fields import CodesField, LinesField, lines
from prevention.core.models import Fact
from prevention.core.rich_text import parsed
from prevention.home.starter_loader.facts import BOOKKEEPING

# What the starter says of a page beside the fields of its own type. The rest of Wagtail's page is
# bookkeeping: places in the tree, dates, locks, revisions.
PAGE_FIELDS = ("title", "slug", "show_in_menus", "seo_title", "search_description")
# Rows below a page that are no content.
NOT_CONTENT = frozenset({"wagtail_admin_comments"})
# Whether and when an editor explained a version. What they said of it is content: the page shows it.
_OF_EXPLANATION = frozenset({"is_small_change", "explained_at"})
# What a storage puts before the ending of a file's name when the name is taken: ketamine_a1B2c3D.docx
_ADDED_TO_NAME = re.compile(r"_[A-Za-z0-9]{7}(?=(\.[^.]*)?$)")

Slugs = Mapping[int, str]


def state_of(instance: models.Model, slugs: Slugs | None = None) -> dict[str, Any]:
    """Return a page or a snippet as plain data: {field name: value}, equal whenever the content is equal.

    Texts are as stored (rich text as HTML), with one kind of line end; lists of lines and of codes are lists;
    dates are dates; related pages and snippets are slugs; rows below a page are lists of dicts, in order; a
    document is {"name", "sha1"}. A field at its default is left out, so a field that a later version adds
    changes no state. Ids, times, places in the tree and revisions are left out too.

    `slugs`: {id of a page: the slug to give for it} where that is not the page's present one.
    """
    state = dict(sorted(_values(instance, slugs or {})))
    if instance._meta.label == "substances.Interaction":
        # A pair has no order of its own: the database puts the lower id first.
        state["first"], state["second"] = sorted((state["first"], state["second"]))
    return state


def hash_of(state: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a state as 64 hexadecimal digits.

    Of rich text what a reader can tell apart: an editor's form writes <b> where Markdown writes <strong>, and
    gives its paragraphs names.
    """
    text = json.dumps(_as_read(state), sort_keys=True, ensure_ascii=False, default=_as_text)
    return hashlib.sha256(text.encode()).hexdigest()


def _as_read(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _as_read(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_as_read(inner) for inner in value]
    return repr(parsed(value)) if isinstance(value, str) and value.startswith("<") else value


def content_fields(model: type[models.Model]) -> Iterator[models.Field[Any, Any]]:
    """Yield the fields that hold content, many-to-many ones included."""
    own = {field.name for field in Page._meta.get_fields()} if issubclass(model, Page) else set()
    own |= BOOKKEEPING if issubclass(model, Fact) else set()
    for field in (*model._meta.concrete_fields, *model._meta.many_to_many):
        if field.name in PAGE_FIELDS if field.name in own else _is_content(field):
            yield field


def content_relations(model: type[models.Model]) -> Iterator[models.ManyToOneRel]:
    """Yield the relations to the rows below a page or a snippet."""
    if issubclass(model, ClusterableModel):
        for relation in get_all_child_relations(model):
            if relation.get_accessor_name() not in NOT_CONTENT:
                yield relation


def chosen_by(relation: models.ManyToOneRel) -> models.Field[Any, Any] | None:
    """Return the field by which rows choose something and say nothing more; None for rows that say more.

    Such rows are one text in the files and in a state: the slugs or codes of what is chosen, in order.
    """
    fields = [field for field in content_fields(relation.related_model) if field is not relation.field]
    return fields[0] if len(fields) == 1 and fields[0].is_relation and not _is_document(fields[0]) else None


def _is_content(field: models.Field[Any, Any]) -> bool:
    # Of a row the order in its list says where it stands, and the page that holds it, whose it is.
    return not field.primary_key and field.name not in {"sort_order", *_OF_EXPLANATION}


def _values(instance: models.Model, slugs: Slugs) -> Iterator[tuple[str, Any]]:
    for field in content_fields(type(instance)):
        value = _value(instance, field, slugs)
        if value not in (None, []) and value != _default(field):
            yield ("file" if _is_document(field) else field.name), value
    for relation in content_relations(type(instance)):
        name = relation.get_accessor_name()
        rows = sorted(getattr(instance, name).all(), key=lambda row: row.sort_order or 0)
        if rows and (choice := chosen_by(relation)):
            yield name, " ".join(_slug(getattr(row, choice.name), slugs) for row in rows)
        elif rows:
            yield name, [_row(row, relation, slugs) for row in rows]


def _row(row: models.Model, relation: models.ManyToOneRel, slugs: Slugs) -> dict[str, Any]:
    state = state_of(row, slugs)
    state.pop(relation.field.name, None)
    return state


def _value(instance: models.Model, field: models.Field[Any, Any], slugs: Slugs) -> Any:
    if isinstance(field, ParentalManyToManyField):
        return sorted(_slug(related, slugs) for related in getattr(instance, field.name).all())
    if _is_document(field):
        document = getattr(instance, field.name)
        return {"name": _plain_name(document.file.name), "sha1": document.file_hash}
    if field.is_relation:
        return _related(instance, field, slugs)
    value = getattr(instance, field.attname)
    if isinstance(field, LinesField):
        return lines(value)
    if isinstance(field, CodesField):
        order = [str(code) for code in field.options.values] if field.options else []
        return sorted(value.split(), key=lambda code: order.index(code) if code in order else len(order))
    return str.__str__(value).replace("\r\n", "\n") if isinstance(value, str) else value


def _related(instance: models.Model, field: models.Field[Any, Any], slugs: Slugs) -> str | None:
    related = getattr(instance, field.name) if getattr(instance, field.attname) else None
    return _slug(related, slugs) if related is not None else None


def _default(field: models.Field[Any, Any]) -> Any:
    return field.get_default() if not field.is_relation else None


def _slug(related: Any, slugs: Slugs) -> str:
    if isinstance(related, Page):
        return slugs.get(related.pk, related.slug)
    return getattr(related, name_field(type(related)))


def name_field(model: type[models.Model]) -> str:
    """Return the field by which files name instances of a model: its slug, or its code."""
    return "slug" if any(field.name == "slug" for field in model._meta.concrete_fields) else "code"


def _is_document(field: models.Field[Any, Any]) -> bool:
    return field.is_relation and field.related_model is get_document_model()


def _plain_name(stored: str) -> str:
    return _ADDED_TO_NAME.sub("", PurePosixPath(stored).name)


def _as_text(value: Any) -> str:
    if isinstance(value, datetime.date):
        return value.isoformat()
    raise TypeError(f"A state holds {type(value).__name__}, which is no plain value.")
