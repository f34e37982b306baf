"""Lines of the log: saving them, and what a line says of a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from wagtail.models import Page, PageViewRestriction, Site

from prevention.core.log_readers import wake_readers
from prevention.core.models.changes import GONE, Action, ContentChange
from prevention.delivery.content_version import Scope


def add_lines(lines: Iterable[ContentChange]) -> None:
    """Save lines of the log in the transaction of the change. Raises RuntimeError outside of one."""
    rows = list(lines)
    if not rows:
        return
    if not connection.in_atomic_block:
        raise RuntimeError("A line of the log is written in the transaction of the change that it tells of.")
    ContentChange.objects.bulk_create(rows)
    transaction.on_commit(wake_readers, robust=True)


@transaction.atomic
def everything_changed(reason: str) -> None:
    """Log, for every scope, that all content may have changed: after a restore, or a change by hand."""
    add_lines(
        ContentChange(scope=scope, kind="site", key=scope, action=Action.RESTORED, hard=True, reason=reason)
        for scope in Scope
    )


def log_release(code: str, period: str) -> None:
    """Log the release of an indicator's figures: `code` is such as 'P1', `period` a month as YYYY-MM."""
    key = f"{code}:{period}"
    add_lines([ContentChange(scope=Scope.FIGURES, kind="release", key=key, action=Action.PUBLISHED)])


@dataclass(frozen=True)
class PageState:
    """The public state of a page, read from the database whatever class the page is."""

    pk: int
    key: str
    kind: str
    title: str
    slug: str
    url_path: str
    live: bool
    is_public: bool
    is_expired: bool


def states(**where: Any) -> list[PageState]:
    """Return the stored state of the pages that match the filter `where`, in tree order, without the root."""
    closed = list(PageViewRestriction.objects.values_list("page__path", flat=True))
    fields = ("pk", "translation_key", "content_type", "title", "slug", "url_path", "path", "live", "expired")
    return [
        PageState(
            pk=pk,
            key=str(key),
            kind=_kind_of(content_type),
            title=title,
            slug=slug,
            url_path=url_path,
            live=live,
            is_public=live and not any(path.startswith(above) for above in closed),
            is_expired=expired,
        )
        for pk, key, content_type, title, slug, url_path, path, live, expired in (
            Page.objects.filter(depth__gt=1, **where).order_by("path").values_list(*fields)
        )
    ]


def _kind_of(content_type: int) -> str:
    model = ContentType.objects.get_for_id(content_type).model_class()
    return str(getattr(model, "kind", "")) or "page"


def was_public(last: ContentChange | None, *, fallback: bool) -> bool:
    """Return whether a page was public, by its last line; `fallback` when it has none."""
    # A page that was published before the log existed has no line yet.
    return fallback if last is None else not last.is_gone


def line_for(
    state: PageState,
    last: ContentChange | None,
    *,
    fallback: bool,
    old_url_path: str = "",
    is_saved: bool = False,
) -> ContentChange | None:
    """Return the line for the change of a page; None when the public sees no difference.

    `last` is the page's last line; `fallback` says whether it was public when it has none. `old_url_path` is
    its former address when that has changed; `is_saved` says whether the page itself was saved.
    """
    was_there = was_public(last, fallback=fallback)
    if was_there and not state.is_public:
        action = Action.EXPIRED if state.is_expired else Action.WITHDRAWN
    elif state.is_public and not was_there:
        action = Action.RESTORED if last is not None else Action.PUBLISHED
    elif state.is_public and old_url_path:
        action = Action.MOVED
    elif state.is_public and is_saved:
        action = Action.UPDATED
    else:
        return None
    line = page_line(state, action, hard=action in {Action.WITHDRAWN, Action.EXPIRED, Action.MOVED})
    if action in {Action.MOVED, *GONE}:
        line.old_address = address_of(old_url_path or state.url_path)
    return line


def page_line(state: PageState, action: Action, *, hard: bool) -> ContentChange:
    """Return an unsaved line of the log for a page."""
    return ContentChange(
        scope=Scope.SITE,
        kind=state.kind,
        key=state.key,
        page_pk=state.pk,
        title=state.title,
        slug=state.slug,
        action=action,
        hard=hard,
    )


def address_of(url_path: str) -> str:
    """Return the public address, without the host, of a page with Wagtail's `url_path`."""
    for root in Site.get_site_root_paths():
        if url_path.startswith(root.root_path):
            return "/" + url_path[len(root.root_path) :]
    return url_path
