"""What refers to a page, a snippet, a file or a picture. Nothing that others refer to is deleted.

A deletion takes along rows that only Django's relations know, and leaves links, choices and codes that lead
nowhere: an alert without its drugs would stand on every page. So it is refused, whoever deletes, before
anything of it is done (decision 56). What should no longer be read is withdrawn instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import PROTECT, ForeignObjectRel, Model, ProtectedError, Q, QuerySet
from modelcluster.fields import ParentalKey
from wagtail.fields import RichTextField
from wagtail.models import Page, ReferenceIndex

from prevention.core.change_log.lines import address_of
from prevention.core.models.changes import ContentChange
from prevention.core.models.logged import LoggedModel

MOST_NAMED = 10

Referring = Callable[[Any], Iterable[Model]]
R = TypeVar("R", bound=Referring)
_by_code: list[tuple[type[Model], Referring]] = []


class DeletionRefusedError(ProtectedError):
    """Something would be deleted that others refer to: `instance`, and the `references` to it."""

    def __init__(self, instance: Model, references: list[Model]) -> None:
        self.instance = instance
        self.references = references
        super().__init__(self.sentence, set(references))

    @property
    def sentence(self) -> str:
        """Why it was not deleted, where it is referred to, and what to do, for a person."""
        instead = "withdraw it" if isinstance(self.instance, Page) else "leave it as it is"
        return (
            f"'{self.instance}' was not deleted, because others refer to it: {named(self.references)}. "
            f"Change these first, or {instead}."
        )


def named(references: Iterable[Model]) -> str:
    """Return where something is referred to: "topic 'Festivals', alert 'Strong pills'", ten at most."""
    names = [f"{row._meta.verbose_name} '{row}'" for row in references]
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def referred_by(model: type[Model]) -> Callable[[R], R]:
    """Decorate a function that takes an instance of `model` and returns what refers to it by a code."""

    def register(function: R) -> R:
        _by_code.append((model, function))
        return function

    return register


def references_to(instance: Model) -> list[Model]:
    """Return the pages and records that refer to an instance, drafts included, each once."""
    if isinstance(instance, Page):
        instance = instance.specific
    found: dict[tuple[str, Any], Model] = {}
    for source in (
        *_by_relation(instance),
        *_by_index(instance),
        *((*_by_address(instance), *_by_tombstone(instance)) if isinstance(instance, Page) else ()),
        *(row for model, rows in _by_code if isinstance(instance, model) for row in rows(instance)),
    ):
        whole = _whole(source)
        if whole != instance:
            found.setdefault((type(whole)._meta.label, whole.pk), whole)
    return list(found.values())


def refuse_to_delete(instance: Model) -> None:
    """Raise DeletionRefusedError if anything refers to an instance, or to a page below it, from outside."""
    below = Page.objects.none()
    if isinstance(instance, Page):
        below = Page.objects.filter(path__startswith=instance.path)
    for one in below.specific() if isinstance(instance, Page) else [instance]:
        _refuse(one, below)


def before_delete(sender: type[Model], instance: Model, origin: Any = None, **kwargs: Any) -> None:
    """Before a delete, by whichever way: refuse it if others refer to the instance (signal pre_delete)."""
    # A page is told of as each of its classes: once is enough.
    if sender is Page or isinstance(instance, LoggedModel):
        _refuse(instance, origin)


def _refuse(instance: Model, deleted: Any) -> None:
    outside = [row for row in references_to(instance) if not _is_among(row, deleted)]
    if outside:
        raise DeletionRefusedError(instance, outside)


def _is_among(row: Model, deleted: Any) -> bool:
    """Return whether a row is deleted as well: it is, or is in, what the deletion began with."""
    if isinstance(deleted, QuerySet):
        return isinstance(row, deleted.model) and deleted.filter(pk=row.pk).exists()
    return bool(row == deleted)


def _by_relation(instance: Model) -> Iterator[Model]:
    """Yield what chooses an instance: in a list of choices, or in a field that protects it."""
    for relation in instance._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and (
            relation.many_to_many or getattr(relation, "on_delete", None) is PROTECT
        ):
            model: Any = relation.related_model
            yield from model._base_manager.filter(**{relation.field.name: instance.pk})


def _by_index(instance: Model) -> Iterator[Model]:
    """Yield what Wagtail's index of references names: choosers, and links by id in rich texts."""
    rows = ReferenceIndex.get_references_to(instance).values_list("content_type", "object_id").distinct()
    for content_type, key in rows:
        model: Any = ContentType.objects.get_for_id(content_type).model_class()
        # The index may name something that is gone.
        yield from model._base_manager.filter(pk=key) if model is not None else ()


def _by_tombstone(page: Page) -> Iterator[Model]:
    """Yield what is gone and tells readers to read this page instead: the page, or its line in the log."""
    lines = list(ContentChange.objects.filter(replacement__endswith=f":{page.translation_key}"))
    last = ContentChange.objects.last_of(line.key for line in lines)
    for line in lines:
        if last[line.key] == line:
            yield Page.objects.filter(pk=line.page_pk).first() or line


def _whole(row: Model) -> Model:
    """Return the page that a row is a part of, or the row itself."""
    if isinstance(row, Page):
        return row.specific
    for field in row._meta.fields:
        if isinstance(field, ParentalKey):
            return _whole(getattr(row, field.name))
    return row


def _by_address(page: Page) -> Iterator[Model]:
    """Yield what has a link to a page by its address, not by its id, in a rich text."""
    address = address_of(page.url_path).rstrip("/")
    if not address:
        return
    link = re.compile(rf'href="{re.escape(address)}/?["#?]')
    for model in apps.get_models():
        names = [field.name for field in model._meta.local_fields if isinstance(field, RichTextField)]
        holds = Q()
        for name in names:
            holds |= Q(**{f"{name}__contains": f'href="{address}'})
        for row in model._base_manager.filter(holds) if names else ():
            if any(link.search(getattr(row, name)) for name in names):
                yield row
