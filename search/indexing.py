"""Keep the index with the content: the reaction to a change, and the rebuild."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Model
from wagtail.models import Page

from prevention.core.models import BasePage
from prevention.core.review import page_models
from search.engines import Document, engine
from search.lexicon import searchable
from search.models import SearchDocument


def document_of(page: BasePage) -> Document:
    """What is indexed of a page."""
    names = " ".join(name.name for name in page.search_names() if name.kind != "title")
    return Document(
        page_id=page.pk,
        kind=page.kind,
        audience=str(page.audience),
        slug=page.slug,
        url=page.get_url() or "/",
        title=page.title,
        names=names,
        summary=page.summary,
        body=page.search_text(),
    )


def update_index(instance: Model) -> None:
    """Bring the index up to date with one changed page; a snippet is no page, and has no text in it."""
    if not isinstance(instance, Page):
        return
    pages = [instance, *instance.get_descendants()] if instance.pk else []
    engine().delete([page.pk for page in pages])
    engine().index(document_of(page) for page in _published([page.pk for page in pages]))


def rebuild_index() -> int:
    """Index every published page anew; how many there are."""
    # Read one by one, inside the transaction that writes them: not from a list that grows old.
    engine().rebuild(document_of(page) for model in page_models() for page in searchable(model))
    return SearchDocument.objects.count()


def _published(page_ids: list[int]) -> Iterator[BasePage]:
    for model in page_models():
        yield from model.objects.filter(pk__in=page_ids).live().public()
