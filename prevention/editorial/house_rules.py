"""The rules of the house, asked of every text that would go live: no amount, no price, no claim of safety.

They hold for every text of every page type, of its rows and of every snippet, for alternative texts and
change notes too. A model names in `quoted_fields` what is not in our own words: names of sources and of laws,
and what people type into the search.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from django.db import models
from modelcluster.models import ClusterableModel, get_all_child_relations
from wagtail.fields import RichTextField

from prevention.core.content import COMMENTS
from prevention.core.fields import CodesField
from prevention.core.sanitise import plain_text
from prevention.editorial.models import present_wording
from prevention.editorial.wording import Wording, find_wording

ALL_FIELDS = "*"
NO_TEXT = (models.SlugField, models.URLField, models.FileField, models.UUIDField, CodesField)


def house_rules(instance: models.Model) -> dict[str, str]:
    """Return what an instance may not say: {field or child relation: sentence that quotes the words}."""
    errors: dict[str, str] = {}
    wording = present_wording()
    for name, text in texts_of(instance):
        sentence = refusal_of(text, wording)
        if sentence and name not in errors:
            errors[name] = sentence
    return errors


def refusal_of(text: str, wording: Wording) -> str:
    """Return what a text may not say, in a sentence that quotes the words; '' when it may be published."""
    finding = next((found for found in find_wording(text, wording) if found.is_forbidden), None)
    return f"Leave out '{finding.word}'. {finding.why}" if finding else ""


def texts_of(instance: models.Model) -> Iterator[tuple[str, str]]:
    """Yield (field or child relation, plain text) of everything that an instance says in our own words."""
    for name, text, is_rich in stored_texts(instance):
        yield name, plain_text(text) if is_rich else text


def stored_texts(instance: models.Model) -> Iterator[tuple[str, str, bool]]:
    """Yield (field or child relation, text as stored, whether it is HTML) of what it says in our own words.

    What editors say to each other in comments is not published.
    """
    yield from _own_texts(instance)
    if isinstance(instance, ClusterableModel):
        for relation in get_all_child_relations(type(instance)):
            name = relation.get_accessor_name()
            if name != COMMENTS and _text_fields(relation.related_model):
                for row in getattr(instance, name).all():
                    yield from ((name, text, is_rich) for _, text, is_rich in _own_texts(row))


def _own_texts(instance: models.Model) -> Iterator[tuple[str, str, bool]]:
    for name, attname, is_rich in _text_fields(type(instance)):
        text = getattr(instance, attname)
        if text:
            yield name, str(text), is_rich


@cache
def _text_fields(model: type[models.Model]) -> list[tuple[str, str, bool]]:
    """Return (name, attribute, whether it is rich text) of the fields of a model in our own words."""
    quoted = getattr(model, "quoted_fields", ())
    return [
        (field.name, field.attname, isinstance(field, RichTextField))
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and ALL_FIELDS not in quoted
        and field.name not in quoted
        and not isinstance(field, NO_TEXT)
        and not field.choices
    ]
