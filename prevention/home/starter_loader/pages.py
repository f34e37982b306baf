"""From an item of the files to a page: built, checked, made, or put in the place of what is there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.signals import post_save
from modelsearch import index
from modelsearch.backends import get_search_backends
from modelsearch.signal_handlers import post_save_signal_handler
from wagtail.log_actions import log
from wagtail.models import Page, ReferenceIndex, Revision
from wagtail.signal_handlers import disable_reference_index_auto_update
from wagtail.signals import page_published, published

from prevention import clock
from prevention.core.models import BasePage, Citation
from prevention.core.publishing import PublishingRefusedError
from prevention.home.starter_loader.contents import Item
from prevention.home.starter_loader.fields import Find, fill, messages_of
from prevention.home.starter_loader.files import Source
from prevention.home.starter_loader.state import content_fields, content_relations
from prevention.media.models import CandourDocument

# Relations to pages that may be made later: set once all pages are there.
LATER = frozenset({"groups"})
# What the lists of changes say of an update, when the files say nothing new of it.
CAUSE = "Updated from a newer version of the starter content."
SOURCE_FIELDS = ("title", "publisher", "url", "published", "accessed")


# Building


def build(item: Item, problems: list[str], find: Find, *, is_new: bool) -> BasePage | None:
    """Return the page of an item, in memory, without what is in LATER; None when it has mistakes.

    Whether it may be published is asked here, before anything of it is written. The fields of a new page are
    looked at when it is saved, as those of every page that goes live.
    """
    data = dict(item.row)
    model: type[BasePage] = apps.get_model(item.label)
    found = len(problems)
    page = model()
    problems += _cite(page, data, item.source)
    now = {name: value for name, value in data.items() if name not in LATER}
    problems += fill(page, now, item.source, "", find)
    problems += [item.problem(name, text) for name, text in refused(page).items()]
    if len(problems) == found:
        in_rows = _invalid_rows(page, item)
        # Wagtail would make up a slug.
        is_looked_at = in_rows or not is_new or not page.slug
        problems += in_rows + (_invalid_fields(page, item) if is_looked_at else [])
    return page if len(problems) == found else None


def add_later(page: BasePage, item: Item, find: Find) -> list[str]:
    """Set what had to wait for other pages; returns the mistakes."""
    rest = {name: item.row[name] for name in sorted(LATER & set(item.row))}
    return fill(page, rest, item.source, "", find)


def refused(page: BasePage) -> dict[str, str]:
    """Return what stands against publishing a page: {field: sentence}."""
    try:
        page.ask_gate()
    except PublishingRefusedError as refusal:
        return refusal.errors
    return {}


def _cite(page: BasePage, data: dict[str, Any], source: Source) -> list[str]:
    """Give the page its sources, from `sources` and {section: [key]} in `data`; returns the mistakes.

    Each source is read and checked once, however many sections it backs.
    """
    known = data.pop("sources", None)
    sections = data.pop("citations", None)
    if known is None and not sections:
        return []
    # A list, where a section is cited again after another one.
    parts: list[Any] = sections if isinstance(sections, list) else [sections]
    if not isinstance(known, dict) or not all(isinstance(part, dict) for part in parts):
        return [source.problem("citations", "give `sources` by a key, and under each section its keys.")]
    problems: list[str] = []
    cited = {key: _source(key, row, source, problems) for key, row in known.items()}
    rows: list[Citation] = []
    for section, keys in [pair for part in parts for pair in part.items()]:
        for key in keys if isinstance(keys, list) else [keys]:
            if not isinstance(key, str) or key not in cited:
                problems.append(source.problem(f"citations.{section}", f"there is no source called {key}."))
            else:
                rows.append(Citation(**cited[key], section=section, sort_order=len(rows)))
    if not problems:
        page.citations.set(rows)
    return problems


def _source(key: str, row: Any, source: Source, problems: list[str]) -> dict[str, Any]:
    """Return the fields of one source, checked."""
    if not isinstance(row, dict):
        problems.append(source.problem(f"sources.{key}", "give it as named fields."))
        return {}
    citation = Citation()
    found = fill(citation, row, source, f"sources.{key}")
    try:
        citation.full_clean(exclude=["page", "section"])
    except ValidationError as error:
        # What could not be read is empty now: said once.
        found = found or [source.problem(f"sources.{key}", text) for text in messages_of(error)]
    problems += found
    return {name: getattr(citation, name) for name in row} if not found else {}


def _invalid_fields(page: BasePage, item: Item) -> list[str]:
    """What a form would refuse of the page itself."""
    try:
        page.full_clean(exclude=["path", "depth"])
    except ValidationError as error:
        return told(error, item)
    return []


def told(error: ValidationError, item: Item) -> list[str]:
    """Return what is wrong with a page, each with its file, line and field."""
    return [item.problem(text.partition(":")[0], text) for text in messages_of(error)]


def _invalid_rows(page: BasePage, item: Item) -> list[str]:
    """What a form would refuse of the rows of a page."""
    problems: list[str] = []
    for relation in content_relations(type(page)):
        name = relation.get_accessor_name()
        rows = list(getattr(page, name).all())
        # A document is not saved yet; it and the sources have been checked by themselves.
        checked = {*SOURCE_FIELDS} if relation.related_model is Citation else {"document"}
        exclude = {relation.field.name, *checked}
        for number, row in enumerate(rows, start=1):
            try:
                row.full_clean(exclude=exclude, validate_constraints=False)
            except ValidationError as error:
                problems += [item.problem(f"{name}.{number}", message) for message in messages_of(error)]
        if len({str(row) for row in rows}) < len(rows) and name == "names":
            problems.append(item.problem(name, "a name stands here twice."))
    return problems


# Writing


def parent_of(model: type[BasePage]) -> Page | None:
    """Return where pages of this type belong, None where that page was removed.

    The first home page takes the place of Wagtail's welcome page.
    """
    label = model.parent_page_types[0]
    if label != "wagtailcore.Page":
        parent: Page | None = apps.get_model(label).objects.order_by("path").first()
        return parent
    root: Page = Page.get_first_root_node()
    for welcome in root.get_children().exact_type(Page):
        welcome.delete()
    return Page.objects.get(pk=root.pk)


def make_live(page: BasePage, parent: Page) -> None:
    """Write a new page, live from its first moment: one save. It gets its history by `add_history`.

    Its rows are written in bulk, one statement for a relation: they have no line of their own in the log of
    changes. They stay in memory, where its history, its state and the indexes read them.
    """
    now = clock.now()
    page.live = True
    page.first_published_at = page.last_published_at = now
    names = [relation.get_accessor_name() for relation in content_relations(type(page))]
    rows = {name: found for name in names if (found := list(getattr(page, name).all()))}
    for name in rows:
        del page._cluster_related_objects[name]  # saving the page would save them one by one
    related = {name: list(getattr(page, name).all()) for name in _many_to_many(page)}
    parent.add_child(instance=page)
    for name, new in rows.items():
        getattr(page, name).set(new)  # each points to the page now
        type(new[0])._default_manager.bulk_create(new)
    for name, others in related.items():
        getattr(page, name).set(others)


def _many_to_many(page: BasePage) -> list[str]:
    return [field.name for field in content_fields(type(page)) if field.many_to_many]


def add_history(page: BasePage) -> None:
    """Give a new live page what publishing leaves behind: its revision, Wagtail's log, its signals.

    Publishing a draft would save the page and each of its hundreds of rows a second time.
    """
    for name in LATER.intersection(_many_to_many(page)):
        others = list(getattr(page, name).all())
        getattr(page, name).commit()
        getattr(page, name).set(others)
    revision = Revision.objects.create(
        content_object=page,
        base_content_type=page.get_base_content_type(),
        content=page.serializable_data(),
        object_str=str(page),
    )
    page.latest_revision = page.live_revision = revision
    page.latest_revision_created_at = revision.created_at
    page.save(clean=False, update_fields=["latest_revision", "live_revision", "latest_revision_created_at"])
    page_published.send(sender=type(page), instance=page, revision=revision)
    published.send(sender=type(page), instance=page, revision=revision)
    log(instance=page, action="wagtail.publish", revision=revision, content_changed=True)


def put_in_place(page: BasePage, fresh: BasePage) -> None:
    """Give a page that is there, in memory, the content of `fresh`, and its change note."""
    has_news = (fresh.change_note, fresh.wording_reason) != (page.change_note, page.wording_reason)
    for field in content_fields(type(page)):
        if field.many_to_many:
            getattr(page, field.name).set(list(getattr(fresh, field.name).all()))
        else:
            setattr(page, field.attname, getattr(fresh, field.attname))
    for relation in content_relations(type(page)):
        name = relation.get_accessor_name()
        rows = list(getattr(fresh, name).all())
        # A row that stays in its place keeps its id: files are fetched by it.
        for row, former in zip(rows, list(getattr(page, name).all()), strict=False):
            row.pk = former.pk
            if hasattr(former, "document") and former.document.file_hash == row.document.file_hash:
                row.document = former.document
        getattr(page, name).set(rows)
    if has_news:
        page.note_time()


def publish(page: BasePage) -> None:
    """Publish a page that is there as it is in memory, as a new revision, and say of it where it comes from.

    Raises ValidationError, for example where another page has its slug now.
    """
    page.draft_title = page.title
    page.cause = CAUSE
    revision = page.save_revision()
    # To read hundreds of rows back from its JSON would cost more than all the rest.
    revision.as_object = lambda: page
    revision.publish()


def save_documents(page: BasePage) -> list[CandourDocument]:
    """Save the documents of a page that are new, so that the page can point to them; returns these."""
    rows = list(page.files.all()) if hasattr(page, "files") else []
    new = [row.document for row in rows if row.document.pk is None]
    for document in new:
        document.save()
    for row in rows:
        row.document = row.document  # its id is known now
    return new


# Indexes


@contextmanager
def indexed_once(written: list[models.Model]) -> Iterator[None]:
    """Inside, Wagtail's tables of references and of the admin's search wait: they are made at the end.

    They are made of the pages and snippets in `written`, each once, and not for each save of each row.
    """
    models_of_pages = [model for model in index.get_indexed_models() if issubclass(model, Page)]
    for model in models_of_pages:
        post_save.disconnect(post_save_signal_handler, sender=model)
    try:
        with disable_reference_index_auto_update():
            yield
    finally:
        for model in models_of_pages:
            post_save.connect(post_save_signal_handler, sender=model)
    by_model: dict[type[models.Model], list[models.Model]] = {}
    for instance in written:
        if type(instance) in ReferenceIndex.tracked_models:
            ReferenceIndex.create_or_update_for_object(instance)
        if isinstance(instance, Page):
            by_model.setdefault(type(instance), []).append(instance)
    for backend in get_search_backends(with_auto_update=True):
        for model, pages in by_model.items():
            backend.add_bulk(model, pages)
