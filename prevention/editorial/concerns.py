"""What needs an editor's eye, from every app that knows of something: one list, one report.

An app adds what it can see with `concerns_from`, from its `AppConfig.ready`; this module imports none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from django.db import models
from django.urls import reverse
from modelcluster.models import get_all_child_relations
from wagtail.models import Page

from prevention.core.content_version import one_version
from prevention.core.fields import SafeRichTextField
from prevention.core.links import dead_links
from prevention.core.models import BasePage
from prevention.core.places import places
from prevention.core.review import page_models, pages_to_review
from prevention.core.scheduler import job_states, reader_states


@dataclass(frozen=True)
class Concern:
    """One thing to look at: what sort it is, what it is about, where to mend it, and a sentence."""

    kind: str
    title: str
    edit_url: str
    text: str


Source = Callable[[], Iterable[Concern]]
_sources: list[Source] = []


def concerns_from(source: Source) -> Source:
    """Register a function that lists concerns. Registering twice is harmless."""
    if source not in _sources:
        _sources.append(source)
    return source


def all_concerns() -> list[tuple[str, list[Concern]]]:
    """Every concern there is now, by kind, each kind in the order of the titles."""
    # Each link of each page asks where the pages are: the version that they are kept under is read once.
    with one_version():
        found = [concern for source in _sources for concern in source()]
    found.sort(key=lambda concern: (concern.kind, concern.title.lower()))
    return [(kind, list(rows)) for kind, rows in groupby(found, key=lambda concern: concern.kind)]


def edit_page(number: int) -> str:
    """Where the page with this id is edited."""
    return reverse("wagtailadmin_pages:edit", args=[number])


@concerns_from
def overdue() -> Iterator[Concern]:
    """Pages whose review is late."""
    for row in pages_to_review():
        if row.is_overdue:
            yield Concern(
                "Review overdue", row.title, row.edit_url, f"It was due on {row.next_review:%d %B %Y}."
            )


@concerns_from
def stuck_jobs() -> Iterator[Concern]:
    """Jobs of the scheduler that failed or did not run, and readers of the log of changes that failed."""
    report = reverse("scheduled_jobs")
    for state in job_states():
        if state.problem:
            yield Concern("Scheduled job to look at", state.job.does, report, state.problem)
    for reader in reader_states():
        if reader.row.error:
            text = f"{reader.behind} changes are still to be read. What stopped it: {reader.row.error}"
            yield Concern("What follows a publication is late", reader.row.name, report, text)


@concerns_from
def lost_references() -> Iterator[Concern]:
    """Links and choices of live pages that lead to a page nobody can read any more."""
    kind = "Leads to a page that is gone"
    for model in page_models():
        relations = _relations_to_pages(model)
        for page in model.objects.live().prefetch_related(*relations, *_relations_with_text(model)):
            for words in _dead_links_of(page):
                yield Concern(
                    kind,
                    page.title,
                    edit_page(page.pk),
                    f"The link on '{words}'. Readers see the words only.",
                )
            for relation in relations:
                for other in getattr(page, relation).all():
                    if other.pk not in places().by_id:
                        yield Concern(
                            kind, page.title, edit_page(page.pk), f"'{other.title}', under {relation}."
                        )


def _relations_to_pages(model: type[BasePage]) -> list[str]:
    return [
        field.name
        for field in model._meta.many_to_many
        if isinstance(field.related_model, type) and issubclass(field.related_model, Page)
    ]


def _dead_links_of(page: BasePage) -> Iterator[str]:
    for text in _rich_texts(page):
        yield from dead_links(text)
    for relation in _relations_with_text(type(page)):
        for row in getattr(page, relation).all():
            for text in _rich_texts(row):
                yield from dead_links(text)


def _relations_with_text(model: type[BasePage]) -> list[str]:
    return [
        relation.get_accessor_name()
        for relation in get_all_child_relations(model)
        if any(isinstance(field, SafeRichTextField) for field in relation.related_model._meta.get_fields())
    ]


def _rich_texts(instance: models.Model) -> Iterator[str]:
    for field in instance._meta.get_fields():
        if isinstance(field, SafeRichTextField):
            yield getattr(instance, field.attname)
