"""The attention report: everything that an editor should look at, collected from all apps.

An app registers its own items with `attention_source`, in its module `attention.py`. No such module is
imported here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.urls import reverse
from modelcluster.models import get_all_child_relations
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.models import ModelLogEntry, Page, PageLogEntry

from prevention.core.fields import SafeRichTextField
from prevention.core.links import dead_links
from prevention.core.models import BasePage
from prevention.core.page_index import page_index
from prevention.core.review import page_models, pages_to_review
from prevention.core.scheduler import job_states, reader_states
from prevention.core.schedules import REFUSED
from prevention.delivery.content_version import one_version
from prevention.editorial.models import UrgentPublication


@dataclass(frozen=True)
class AttentionItem:
    """One row of the report: its kind, its subject, where to edit it, and a sentence that says why."""

    kind: str
    title: str
    edit_url: str
    text: str


Source = Callable[[], Iterable[AttentionItem]]
_sources: list[Source] = []


def attention_source(source: Source) -> Source:
    """Register a function that returns rows of the report. Registering it twice has no effect."""
    if source not in _sources:
        _sources.append(source)
    return source


def attention_items() -> list[AttentionItem]:
    """Return everything that needs attention now, sorted by kind and title."""
    # Each link of each page asks the page index: the version that it is kept under is read once.
    with one_version():
        found = [item for source in _sources for item in source()]
    return sorted(found, key=lambda item: (item.kind, item.title.lower()))


def edit_page(number: int) -> str:
    """Return the address in the admin where the page with the id `number` is edited."""
    return reverse("wagtailadmin_pages:edit", args=[number])


@attention_source
def overdue() -> Iterator[AttentionItem]:
    """Yield the live pages whose review is overdue."""
    for row in pages_to_review():
        if row.is_overdue:
            yield AttentionItem(
                "Review overdue", row.title, row.edit_url, f"It was due on {row.next_review:%d %B %Y}."
            )


@attention_source
def stuck_jobs() -> Iterator[AttentionItem]:
    """Yield scheduled jobs that failed or did not run, and readers of the log of changes that failed."""
    report = reverse("scheduled_jobs")
    for state in job_states():
        if state.problem:
            yield AttentionItem("Scheduled job to look at", state.job.does, report, state.problem)
    for reader in reader_states():
        if reader.row.error:
            text = f"{reader.behind} changes are still to be read. What stopped it: {reader.row.error}"
            yield AttentionItem("What follows a publication is late", reader.row.name, report, text)


@attention_source
def refused_on_their_date() -> Iterator[AttentionItem]:
    """Yield the pages and facts that were to be published on a date, and were refused."""
    pages = PageLogEntry.objects.filter(action=REFUSED).select_related("page").order_by("timestamp")
    facts = ModelLogEntry.objects.filter(action=REFUSED).order_by("timestamp")
    refused = [(entry, entry.page) for entry in {entry.page_id: entry for entry in pages}.values()]
    last = {(entry.content_type_id, entry.object_id): entry for entry in facts}
    refused += [(entry, _fact_of(entry)) for entry in last.values()]
    for entry, content in refused:
        if content and not (content.last_published_at and content.last_published_at > entry.timestamp):
            url = AdminURLFinder().get_edit_url(content) or ""
            yield AttentionItem(
                "Not published on its date", str(content), url, str(entry.data.get("reason", ""))
            )


def _fact_of(entry: ModelLogEntry) -> Any:
    model = entry.content_type.model_class()
    return model._base_manager.filter(pk=entry.object_id).first() if model else None


@attention_source
def not_confirmed() -> Iterator[AttentionItem]:
    """Yield what was published urgently, and what no second person has confirmed yet."""
    for row in UrgentPublication.objects.owed():
        yield AttentionItem(
            "Published urgently", row.title, reverse("urgent_publications"), f"{row.state}. {row.reason}"
        )


@attention_source
def lost_references() -> Iterator[AttentionItem]:
    """Yield the links and chosen pages on live pages that lead to a page which is not public."""
    kind = "Leads to a page that is gone"
    for model in page_models():
        relations = _relations_to_pages(model)
        for page in model.objects.live().prefetch_related(*relations, *_relations_with_text(model)):
            for words in _dead_links_of(page):
                yield AttentionItem(
                    kind,
                    page.title,
                    edit_page(page.pk),
                    f"The link on '{words}'. Readers see the words only.",
                )
            for relation in relations:
                for other in getattr(page, relation).all():
                    if other.pk not in page_index().by_id:
                        yield AttentionItem(
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
