"""What of a page is content: what was written for people to read, or to find it by.

Not content: its place in the tree, dates, locks, comments, the record of its reviews, and what explains the
version. A new date of review is not a change of what a reader is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.db import models
from modelcluster.models import ClusterableModel, get_all_child_relations
from wagtail.fields import RichTextField
from wagtail.models import Page

from prevention.core.fields import CodesField, LinesField, lines
from prevention.core.rich_text import BLOCKS, Element, parsed
from prevention.core.sanitise import clean_html, without_block_keys

OF_WAGTAIL = frozenset({"title", "slug", "show_in_menus", "seo_title", "search_description"})
OF_REVIEW = frozenset(
    {"last_reviewed", "next_review", "reviewer_role", "reviewed_revision", "reviewed_by_one"}
)
OF_EXPLANATION = frozenset({"change_note", "is_small_change", "wording_reason", "explained_at"})
_WORDS = re.compile(r" |[^ ]+")
PLACE = "sort_order"
COMMENTS = "wagtail_admin_comments"


def changed_content(page: Page, stored: Page) -> list[str]:
    """Return the names of the fields and child relations in which a page differs for a reader from its row.

    `page` may be in memory only; both are of the same type. Its rich texts are clean afterwards.
    """
    names = [field.name for field in _fields_of(type(page)) if _differs(field, page, stored)]
    for relation in get_all_child_relations(type(page)):
        name = relation.get_accessor_name()
        if name != COMMENTS and _rows_differ(relation, page, stored):
            names.append(name)
    return names


def _fields_of(model: type[models.Model]) -> Iterator[models.Field[Any, Any]]:
    wagtails = {field.name for field in Page._meta.get_fields()}
    left_out = (wagtails | OF_REVIEW | OF_EXPLANATION) - OF_WAGTAIL
    for field in (*model._meta.concrete_fields, *model._meta.many_to_many):
        if field.name not in left_out and not field.primary_key:
            yield field


def _rows_differ(relation: models.ManyToOneRel, page: ClusterableModel, stored: ClusterableModel) -> bool:
    rows, former = _rows(relation, page), _rows(relation, stored)
    fields = [
        field
        for field in relation.related_model._meta.concrete_fields
        if not field.primary_key and field.name not in (relation.field.name, PLACE)
    ]
    return len(rows) != len(former) or any(
        _differs(field, row, other) for row, other in zip(rows, former, strict=True) for field in fields
    )


def _rows(relation: models.ManyToOneRel, page: ClusterableModel) -> list[models.Model]:
    rows = list(getattr(page, relation.get_accessor_name()).all())
    return sorted(rows, key=lambda row: getattr(row, PLACE, None) or 0)


def _differs(field: models.Field[Any, Any], new: models.Model, stored: models.Model) -> bool:
    if field.many_to_many:
        chosen, former = ({other.pk for other in getattr(one, field.name).all()} for one in (new, stored))
        return chosen != former
    value, was = getattr(new, field.attname), getattr(stored, field.attname)
    if value != was and isinstance(field, RichTextField):
        value = clean_html(value or "")
        setattr(new, field.attname, value)  # it is not cleaned again when it is saved
    return bool(value != was and _read(field, value) != _read(field, was))


def _read(field: models.Field[Any, Any], value: Any) -> Any:
    """Return what a reader takes from a value: how it is written down does not matter."""
    if isinstance(field, RichTextField):
        return list(_as_seen(parsed(without_block_keys(value or ""))))
    if isinstance(field, LinesField):
        return lines(value or "")
    if isinstance(field, CodesField):
        return sorted((value or "").split())
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def _as_seen(element: Element, marks: frozenset[str] = frozenset()) -> Iterator[tuple[str, Any]]:
    """Yield what a reader sees: (words, their marks) and (tag of a block, what is in it).

    Whether a bold link is a link in bold words or bold words in a link is not seen, nor whether the space
    after bold words is bold.
    """
    for part in element.inside:
        if isinstance(part, str):
            for word in _WORDS.findall(part):
                yield word, marks if word != " " else frozenset()
        elif part.tag in BLOCKS or part.tag == "br":
            yield part.tag, list(_as_seen(part))
        else:
            yield from _as_seen(part, marks | {f"{part.tag} {part.href}"})
