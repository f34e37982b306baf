"""Pages taken away before a test begins that asks what happens without them, not how they go."""

from __future__ import annotations

from django.db.models.signals import post_delete, pre_delete
from factory.django import mute_signals
from wagtail.models import Page
from wagtail.query import PageQuerySet

from prevention.core.change_log import everything_changed
from prevention.substances.models import Interaction

REASON = "Taken away by hand."


def delete_quickly(pages: PageQuerySet) -> None:
    """Delete pages, what is below them and their records on mixing, whatever else refers to them.

    Of all that follows a deletion there is only one line in the log: Wagtail and the log of changes would
    tell of each page by itself, which takes seconds for a whole site.
    """
    below = Page.objects.none()
    for path in pages.values_list("path", flat=True):
        below |= Page.objects.filter(path__startswith=path)
    with mute_signals(pre_delete, post_delete):
        Interaction.objects.about(below.values_list("pk", flat=True)).delete()
        pages.delete()
    everything_changed(REASON)


def withdraw_quickly(pages: PageQuerySet) -> None:
    """Make pages drafts; of all that follows a withdrawal, only one line in the log."""
    pages.update(live=False)
    everything_changed(REASON)
