"""One registry for what must follow when public content changes: the stamp, the search index, later feeds.

Apps register a reaction from their `AppConfig.ready`; pages import none of them. The stamp is raised before
any of them runs: whatever a reaction does or fails to do, no kept page outlives the change.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save
from wagtail.models import Page, PageViewRestriction
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

Reaction = Callable[[Model], None]
Registered = TypeVar("Registered", bound=Reaction)

_reactions: list[Reaction] = []


def on_content_change(reaction: Registered) -> Registered:
    """Register `reaction(instance)`, called with the page or snippet that changed, appeared or vanished.

    The instance may be gone from the database already. Registering twice is harmless.
    """
    if reaction not in _reactions:
        _reactions.append(reaction)
    return reaction


def content_changed(instance: Model) -> None:
    """Raise the stamp and run every reaction. Also for writers that go round Wagtail's signals."""
    from prevention.core.models import ContentStamp

    ContentStamp.raise_version()
    for reaction in _reactions:
        reaction(instance)


def watch(*models: type[Model]) -> None:
    """Treat saves and deletes of these models (snippets, documents) as changes of public content."""
    for model in models:
        for signal in (post_save, post_delete):
            signal.connect(_instance_changed, sender=model, dispatch_uid=f"content:{model._meta.label}")
        for relation in model._meta.many_to_many:
            # Written after the instance is saved, so it is a change of its own.
            m2m_changed.connect(
                _instance_changed, sender=relation.remote_field.through, dispatch_uid=f"content:{relation}"
            )


def _instance_changed(sender: type[Model], instance: Model, **kwargs: Any) -> None:
    content_changed(instance)


def _restriction_changed(sender: type[Model], instance: PageViewRestriction, **kwargs: Any) -> None:
    content_changed(instance.page)


def _page_deleted(sender: type[Model], instance: Model, **kwargs: Any) -> None:
    if isinstance(instance, Page):
        content_changed(instance)


def _page_saved(sender: type[Model], instance: Model, created: bool, **kwargs: Any) -> None:
    """A page that is made by code, and public from the start, has no revision that anybody published."""
    if created and isinstance(instance, Page) and instance.live:
        content_changed(instance)


def connect() -> None:
    """Connect Wagtail's signals; called once, by core's AppConfig."""
    for signal in (page_published, page_unpublished, post_page_move, page_slug_changed):
        signal.connect(_instance_changed, dispatch_uid="content:page")
    post_save.connect(_page_saved, dispatch_uid="content:page-made")
    post_delete.connect(_page_deleted, dispatch_uid="content:page-deleted")
    for signal in (post_save, post_delete):
        signal.connect(_restriction_changed, sender=PageViewRestriction, dispatch_uid="content:restriction")
