"""Keep the indexes with the content: what reads the log of changes, and the rebuild."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.db import transaction
from wagtail.models import Page

from prevention.core.log_readers import begin_anew, restart
from prevention.core.models import BasePage, ContentChange, Cursor
from prevention.core.review import page_models
from search.engines import INDEX_READER, SERVER_READER, Document, embedded, server
from search.lexicon import searchable
from search.models import SearchDocument


def document_of(page: BasePage, cursor: Cursor) -> Document:
    """Return what is indexed of a page as it is at this place in the log."""
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
        stamp=str(cursor),
    )


def update_index(changes: Sequence[ContentChange]) -> None:
    """Read the log of changes: bring the embedded index up to date with the pages that it names."""
    last = {change.page_pk: change.cursor for change in changes if change.page_pk}
    embedded().delete(list(last))
    embedded().index(document_of(page, last[page.pk]) for page in _published(last))


@transaction.atomic
def rebuild_embedded() -> Cursor:
    """Index every published page anew in the database; returns the place in the log that this was at.

    A search server has other documents from then on, and begins anew too.
    """
    # Read before the pages are: what changes meanwhile is read again.
    cursor = Cursor.present()
    # Read one by one, inside the transaction that writes them: not from a list that grows old.
    embedded().rebuild(document_of(page, cursor) for model in page_models() for page in searchable(model))
    begin_anew(SERVER_READER)
    return cursor


def rebuild_index() -> int:
    """Index every published page anew, in the server too where there is one; returns how many there are.

    Raises what the server raises: who rebuilds wants to know.
    """
    restart(INDEX_READER)
    if server():
        restart(SERVER_READER)
    return SearchDocument.objects.count()


def _published(page_ids: Iterable[int]) -> Iterator[BasePage]:
    # Asked of Wagtail's own table, and then of the types that are among them: not of each type there is.
    pages = Page.objects.filter(pk__in=list(page_ids)).live().public().specific()
    yield from (page for page in pages if isinstance(page, BasePage))
