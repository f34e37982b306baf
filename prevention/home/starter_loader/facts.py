"""Saves the snippets of the starter: what it makes is live, and what it updates is a new version."""

from __future__ import annotations

from typing import Any

from prevention.core.models import Fact

# What Wagtail notes of a fact (drafts, locks, dates): no content.
BOOKKEEPING = frozenset(field.name for field in Fact._meta.local_fields)


def take_bookkeeping(fresh: Any, former: Any) -> None:
    """Let `fresh`, built from the files, be the row of `former`, with what Wagtail has noted of it."""
    fresh.pk, fresh._state.adding = former.pk, False
    if isinstance(fresh, Fact):
        for field in Fact._meta.local_fields:
            setattr(fresh, field.attname, getattr(former, field.attname))


def save(instance: Any) -> None:
    """Save a snippet so that it is live. Of a fact that is there, this publishes a new version.

    Raises PublishingRefusedError for what may not be published.
    """
    if isinstance(instance, Fact) and not instance._state.adding:
        instance.save_revision().publish()
    else:
        instance.save()
