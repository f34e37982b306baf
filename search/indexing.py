"""Keep the text indexes up to date: the reader of the log of changes, and the rebuild of everything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.db import transaction
from wagtail.models import Page

from prevention.core.log_readers import begin_anew, restart
from prevention.core.models import BasePage, ContentChange, Cursor
from prevention.core.review import page_models
from search.engines import INDEX_READER, SERVER_READER, Document, embedded, server
from search.models import SearchDocument
from search.query.lexicon import searchable


def document_of(page: BasePage, cursor: Cursor) -> Document:
    """Return the document to index for a page; `cursor` is the position in the log at which it was read."""
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
    """Apply these changes to the embedded index: the reader INDEX_READER of settings.LOG_READERS.

    Each page that they name is indexed as it is now, or removed if it is no longer public.
    """
    last = {change.page_pk: change.cursor for change in changes if change.page_pk}
    embedded().delete(list(last))
    embedded().index(document_of(page, last[page.pk]) for page in _published(last))


@transaction.atomic
def rebuild_embedded() -> Cursor:
    """Index every published page anew in the database; return the position in the log of this index.

    The index of a search server no longer matches then, so its reader begins anew too.
    """
    # The position is read before the pages: what changes meanwhile is then indexed once more.
    cursor = Cursor.present()
    # A generator, so that each page is read inside the transaction, just before it is written.
    embedded().rebuild(document_of(page, cursor) for model in page_models() for page in searchable(model))
    begin_anew(SERVER_READER)
    return cursor


def rebuild_index() -> int:
    """Index every published page anew, in a search server too; return the number of pages.

    Raises one of search.engines.elastic.UNREACHABLE when the server fails, so that the operator sees it.
    """
    restart(INDEX_READER)
    if server():
        restart(SERVER_READER)
    return SearchDocument.objects.count()


def _published(page_ids: Iterable[int]) -> Iterator[BasePage]:
    # Asked of Wagtail's own table, and then of the types that are among them: not of each type there is.
    pages = Page.objects.filter(pk__in=list(page_ids)).live().public().specific()
    yield from (page for page in pages if isinstance(page, BasePage))
