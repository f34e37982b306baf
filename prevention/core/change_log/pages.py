"""The receivers that log the changes of pages, and of the restrictions on who may read them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Model
from wagtail.models import Page, PageViewRestriction

from prevention.core.change_log.dependents import log_pages_showing
from prevention.core.change_log.lines import add_lines, line_for, states
from prevention.core.change_log.withdrawals import CLOSED, DELETED, TAKEN_DOWN, say_why
from prevention.core.models.bookkeeping import is_bookkeeping
from prevention.core.models.changes import Action, ContentChange
from prevention.core.models.pages import BasePage


@dataclass(frozen=True)
class Before:
    """The stored values of a page before it is saved."""

    url_path: str
    live: bool
    title: str
    hard_values: tuple[Any, ...]


def page_is_saved(sender: type[Model], instance: Model, raw: bool = False, **kwargs: Any) -> None:
    """Before a save: remember the stored values of the page."""
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


def page_was_saved(sender: type[Model], instance: Model, raw: bool = False, **kwargs: Any) -> None:
    """After a save: log what changed, also of pages below it and of pages that show it."""
    if not isinstance(instance, Page) or raw or is_bookkeeping(kwargs.get("update_fields")):
        return
    before: Before | None = vars(instance).pop("_before", None)
    moved_from = before.url_path if before and before.url_path != instance.url_path else ""
    lines = _lines_of_page(instance, before, moved_from)
    for line in lines:
        if line.page_pk == instance.pk and not line.is_gone:
            line.hard = line.hard or (before is not None and _hard_values(instance) != before.hard_values)
            line.reason = str(getattr(instance, "reason_of_change", ""))
    add_lines(lines)
    if _looks_different(instance, before, lines):
        log_pages_showing(instance.specific, lines[0])


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
        line = line_for(state, last.get(state.key), fallback=fallback, old_url_path=old, is_saved=is_itself)
        if line is not None and line.is_gone:
            say_why(line, CLOSED if state.live else TAKEN_DOWN)
        lines += [line] if line is not None else []
    return lines


def _hard_values(page: Page) -> tuple[Any, ...]:
    hard = page.hard_fields if isinstance(page, BasePage) else ()
    return tuple(getattr(page, name) for name in hard)


def _looks_different(page: Page, before: Before | None, lines: list[ContentChange]) -> bool:
    """Return whether the page's title, address or visibility changed, which other pages show."""
    if not lines or lines[0].page_pk != page.pk:
        return False
    return lines[0].action != Action.UPDATED or before is None or before.title != page.title


def page_is_deleted(sender: type[Model], instance: Page, **kwargs: Any) -> None:
    """Before a delete: log that the page is withdrawn."""
    # Connected to the base class Page, so that it runs once for each page that is deleted, be it by itself,
    # with its parent or in a queryset.
    for state in states(pk=instance.pk):
        last = ContentChange.objects.last_of([state.key]).get(state.key)
        gone = replace(state, is_public=False, is_expired=False)
        line = line_for(gone, last, fallback=state.is_public)
        if line is not None:
            say_why(line, DELETED)
            add_lines([line])
            log_pages_showing(instance.specific, line)


def restriction_changed(
    sender: type[Model], instance: PageViewRestriction, origin: Any = None, **kwargs: Any
) -> None:
    """After a restriction was saved or deleted: log the pages that became public or closed."""
    # A restriction that is deleted together with its page opens nothing.
    if origin is not None and not isinstance(origin, PageViewRestriction) and not _lists(origin, sender):
        return
    found = states(path__startswith=instance.page.path)
    last = ContentChange.objects.last_of(state.key for state in found)
    lines = []
    for state in found:
        line = line_for(state, last.get(state.key), fallback=state.live and not state.is_public)
        if line is not None and line.is_gone:
            say_why(line, CLOSED)
        lines += [line] if line is not None else []
    add_lines(lines)


def _lists(origin: Any, model: type[Model]) -> bool:
    return getattr(origin, "model", None) is model
