"""Writes the log of changes: one line for each change of what the public can see (decision 40).

The readers of the log (prevention.core.log_readers: the search index, the public list of changes) read it by
themselves; nothing here calls them. Signals of saving and deleting write the lines, in the transaction of the
change, so that forms, bulk actions, workflows, the scheduler, imports and code are all logged.

A page is compared with its last line in the log, not with its state in memory. So the lines of a page make
sense in sequence: a withdrawn page can only be restored, and is not withdrawn a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from wagtail.models import Page, PageViewRestriction, Site

from prevention.core.log_readers import wake_readers
from prevention.core.models.bookkeeping import is_bookkeeping
from prevention.core.models.changes import Action, ContentChange
from prevention.core.models.logged import LoggedModel
from prevention.core.models.pages import BasePage
from prevention.delivery.content_version import Scope

Dependents = Callable[[Any], Iterable[int]]
D = TypeVar("D", bound=Dependents)
_dependents: list[tuple[type[Model], Dependents]] = []


def shown_on(model: type[Model]) -> Callable[[D], D]:
    """Decorate a function that takes an instance of `model` and returns the ids of the pages that show it.

    When the instance changes, the log gets a line for each of these pages, with the instance as its cause.
    For a page as `model`, the function is called only when its title, address or visibility has changed.
    """

    def register(function: D) -> D:
        _dependents.append((model, function))
        return function

    return register


# Writing lines


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


# Pages


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


@dataclass(frozen=True)
class Before:
    """The stored values of a page before it is saved."""

    url_path: str
    live: bool
    title: str
    hard_values: tuple[Any, ...]


def _page_is_saved(sender: type[Model], instance: Model, raw: bool = False, **kwargs: Any) -> None:
    if not isinstance(instance, Page) or raw or instance.pk is None:
        return
    vars(instance)["_before"] = None
    if not is_bookkeeping(kwargs.get("update_fields")):
        hard = instance.hard_fields if isinstance(instance, BasePage) else ()
        row = (
            type(instance)
            ._default_manager.filter(pk=instance.pk)
            .values_list("url_path", "live", "title", *hard)
            .first()
        )
        vars(instance)["_before"] = Before(row[0], row[1], row[2], tuple(row[3:])) if row else None


def _page_was_saved(sender: type[Model], instance: Model, raw: bool = False, **kwargs: Any) -> None:
    if not isinstance(instance, Page) or raw or is_bookkeeping(kwargs.get("update_fields")):
        return
    before: Before | None = vars(instance).pop("_before", None)
    moved_from = before.url_path if before and before.url_path != instance.url_path else ""
    lines = _lines_of_page(instance, before, moved_from)
    for line in lines:
        if line.page_pk == instance.pk:
            line.hard = line.hard or (before is not None and _hard_values(instance) != before.hard_values)
            line.reason = str(getattr(instance, "change_note", ""))
    add_lines(lines)
    if _looks_different(instance, before, lines):
        _log_dependents(instance.specific, lines[0])


def _lines_of_page(page: Page, before: Before | None, moved_from: str) -> list[ContentChange]:
    """Return the lines for a saved page, and for pages below it whose address or visibility changed."""
    # Wagtail saves an instance of the base class Page when it moves a page; the pages below then have another
    # address, or another visibility.
    with_below = bool(moved_from) or type(page) is Page
    found = states(path__startswith=page.path) if with_below else states(pk=page.pk)
    last = ContentChange.objects.last_of(state.key for state in found)
    lines = []
    for state in found:
        is_itself = state.pk == page.pk
        # Wagtail rewrites the addresses of the pages below after this signal: here they are still the former.
        old = moved_from and (moved_from if is_itself else state.url_path)
        fallback = (before is not None and before.live) if is_itself else state.is_public
        line = _line(state, last.get(state.key), fallback=fallback, old_url_path=old, is_saved=is_itself)
        if line is not None:
            lines.append(line)
    return lines


def _hard_values(page: Page) -> tuple[Any, ...]:
    hard = page.hard_fields if isinstance(page, BasePage) else ()
    return tuple(getattr(page, name) for name in hard)


def _looks_different(page: Page, before: Before | None, lines: list[ContentChange]) -> bool:
    """Return whether the page's title, address or visibility changed, which other pages show."""
    if not lines or lines[0].page_pk != page.pk:
        return False
    return lines[0].action != Action.UPDATED or before is None or before.title != page.title


def _was_public(last: ContentChange | None, *, fallback: bool) -> bool:
    # A page that was published before the log existed has no line yet.
    return fallback if last is None else not last.is_gone


def _line(
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
    was_public = _was_public(last, fallback=fallback)
    if was_public and not state.is_public:
        action = Action.EXPIRED if state.is_expired else Action.WITHDRAWN
    elif state.is_public and not was_public:
        action = Action.RESTORED if last is not None else Action.PUBLISHED
    elif state.is_public and old_url_path:
        action = Action.MOVED
    elif state.is_public and is_saved:
        action = Action.UPDATED
    else:
        return None
    line = _page_line(state, action, hard=action in {Action.WITHDRAWN, Action.EXPIRED, Action.MOVED})
    line.old_address = address_of(old_url_path) if action == Action.MOVED else ""
    return line


def _page_line(state: PageState, action: Action, *, hard: bool) -> ContentChange:
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


def _page_is_deleted(sender: type[Model], instance: Page, **kwargs: Any) -> None:
    # Connected to the base class Page, so that it runs once for each page that is deleted, be it by itself,
    # with its parent or in a queryset.
    for state in states(pk=instance.pk):
        last = ContentChange.objects.last_of([state.key]).get(state.key)
        gone = replace(state, is_public=False, is_expired=False)
        line = _line(gone, last, fallback=state.is_public)
        if line is not None:
            add_lines([line])
            _log_dependents(instance.specific, line)


def _restriction_changed(
    sender: type[Model], instance: PageViewRestriction, origin: Any = None, **kwargs: Any
) -> None:
    # A restriction that is deleted together with its page opens nothing.
    if origin is not None and not isinstance(origin, PageViewRestriction) and not _lists(origin, sender):
        return
    found = states(path__startswith=instance.page.path)
    last = ContentChange.objects.last_of(state.key for state in found)
    lines = [
        _line(state, last.get(state.key), fallback=state.live and not state.is_public) for state in found
    ]
    add_lines(line for line in lines if line is not None)


def _lists(origin: Any, model: type[Model]) -> bool:
    return getattr(origin, "model", None) is model


# Pages that show something else


def pages_showing(instance: Model) -> set[int]:
    """Return the ids of the pages that show `instance`."""
    return {
        number
        for model, function in _dependents
        if isinstance(instance, model)
        for number in function(instance)
    }


def _log_dependents(instance: Model, cause: ContentChange, also: Iterable[int] = ()) -> None:
    pages = {*pages_showing(instance), *also} - {cause.page_pk}
    log_dependents(pages, cause)


def log_dependents(pages: Iterable[int], cause: ContentChange, *, action: Action = Action.UPDATED) -> None:
    """Log a change of the pages with these ids because of `cause`. Pages that are not public are left out."""
    numbers = list(pages)
    found = states(pk__in=numbers) if numbers else []
    last = ContentChange.objects.last_of(state.key for state in found)
    lines = []
    for state in found:
        # A page that is being deleted is still in the table.
        if state.is_public and _was_public(last.get(state.key), fallback=True):
            line = _page_line(state, action, hard=cause.hard)
            line.cause = f"{cause.kind}:{cause.key}"
            line.effective_at = cause.effective_at
            lines.append(line)
    add_lines(lines)


# Snippets, files, pictures


def line_of(instance: LoggedModel, action: Action) -> ContentChange:
    """Return an unsaved line of the log for a snippet, a file or a picture."""
    return ContentChange(
        scope=instance.scope,
        kind=str(instance._meta.model_name),
        key=instance.change_key[:120],
        title=str(instance)[:255],
        action=action,
        hard=instance.hard,
    )


def _record_is_saved(sender: type[Model], instance: Model, raw: bool = False, **kwargs: Any) -> None:
    if isinstance(instance, LoggedModel) and not raw:
        # After the save, some pages that show it now may no longer do so; they have changed too.
        stored = type(instance)._base_manager.filter(pk=instance.pk).first() if instance.pk else None
        vars(instance)["_shown_before"] = pages_showing(stored) if stored else set()


def _record_was_saved(
    sender: type[Model], instance: Model, created: bool, raw: bool = False, **kwargs: Any
) -> None:
    if isinstance(instance, LoggedModel) and not raw:
        before = vars(instance).pop("_shown_before", set())
        _log_record(instance, Action.PUBLISHED if created else Action.UPDATED, before)


def _record_is_deleted(sender: type[Model], instance: Model, **kwargs: Any) -> None:
    if isinstance(instance, LoggedModel):
        _log_record(instance, Action.WITHDRAWN)


def _relation_changed(
    sender: type[Model], instance: Model, action: str, reverse: bool, model: type[Model], **kwargs: Any
) -> None:
    if action not in {"post_add", "post_remove", "pre_clear", "post_clear"}:
        return
    if isinstance(instance, LoggedModel):
        _log_record(instance, Action.UPDATED)
    elif reverse and issubclass(model, LoggedModel):
        for other in model._base_manager.filter(pk__in=kwargs.get("pk_set") or ()):
            _log_record(other, Action.UPDATED)


def _log_record(instance: LoggedModel, action: Action, also: Iterable[int] = ()) -> None:
    line = line_of(instance, action)
    add_lines([line])
    _log_dependents(instance, line, also)


# Models of Wagtail's own


def log_saves_of(model: type[Model], scope: Scope) -> None:
    """Log saves and deletes of a model of Wagtail's, each in one transaction with its line in the log."""

    def log(sender: type[Model], instance: Model, **kwargs: Any) -> None:
        kind = str(model._meta.model_name)
        line = ContentChange(scope=scope, kind=kind, key=str(instance.pk), action=Action.UPDATED, hard=True)
        add_lines([line])

    make_atomic(model, "save", "delete")
    for signal in (post_save, post_delete):
        signal.connect(log, sender=model, weak=False, dispatch_uid=f"change-log:{model._meta.label}")


def make_atomic(model: Any, *names: str) -> None:
    """Wrap the methods `names` of a model (save, delete) in a transaction that includes its signals.

    Otherwise Django sends post_save and post_delete after the commit, and a crash could lose the log's line.
    """
    for name in names:
        setattr(model, name, transaction.atomic(getattr(model, name)))


def connect() -> None:
    """Connect the log to the signals of Django. CoreConfig.ready calls this once."""
    for signal, receiver in (
        (pre_save, _page_is_saved),
        (post_save, _page_was_saved),
        (pre_save, _record_is_saved),
        (post_save, _record_was_saved),
        (pre_delete, _record_is_deleted),
        (m2m_changed, _relation_changed),
    ):
        signal.connect(receiver, dispatch_uid=f"change-log:{receiver.__name__}")
    pre_delete.connect(_page_is_deleted, sender=Page, dispatch_uid="change-log:page")
    for signal in (post_save, post_delete):
        signal.connect(
            _restriction_changed, sender=PageViewRestriction, dispatch_uid="change-log:restriction"
        )
    # Wagtail deletes a page and updates its parent's number of children in two steps.
    make_atomic(Page, "delete")
    make_atomic(PageViewRestriction, "save", "delete")
    log_saves_of(Site, Scope.SITE)
