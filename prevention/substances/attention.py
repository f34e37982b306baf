"""The parts of the attention report that are about substances."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from prevention.core.fields import lines
from prevention.core.page_index import page_index
from prevention.editorial.attention import AttentionItem, attention_source, edit_page
from prevention.substances.models import (
    Interaction,
    LegalStatus,
    SearchNameList,
    SubstanceName,
    SubstancePage,
)


def shared_names(page: SubstancePage) -> Iterator[tuple[str, str]]:
    """Yield (name, title of the other page) for each name of `page` that another live page has too.

    Names that are marked as ambiguous on both pages are left out.
    """
    yield from names_elsewhere({name.name: name.ambiguous for name in page.names.all()}, page.pk)


def names_elsewhere(names: dict[str, bool], page: int) -> Iterator[tuple[str, str]]:
    """Yield (name, title) for each of `names` that another live page than `page` (its id) has, or is called.

    `names` are {name: whether it is marked as ambiguous}. Those that the other page marks too are left out.
    Names for search alone are names of the other page as well.
    """
    mine = {name.lower(): (name, ambiguous) for name, ambiguous in names.items()}
    told: set[tuple[str, str]] = set()
    for other, is_ambiguous, title in _names_of_others(page):
        name, ambiguous = mine.get(other.lower(), ("", False))
        if name and not (ambiguous and is_ambiguous) and (name, title) not in told:
            told.add((name, title))
            yield name, title


def _names_of_others(page: int) -> Iterator[tuple[str, bool, str]]:
    live = SubstancePage.objects.live().exclude(pk=page)
    yield from ((title.partition(" (")[0], False, title) for title in live.values_list("title", flat=True))
    fields = ("ambiguous", "page__title")
    yield from SubstanceName.objects.filter(page__in=live).values_list("name", *fields)
    for names, is_ambiguous, title in SearchNameList.objects.filter(page__in=live).values_list(
        "names", *fields
    ):
        yield from ((name, is_ambiguous, title) for name in lines(names))


@attention_source
def unverified_law() -> Iterator[AttentionItem]:
    """Yield the legal statuses that nobody has checked against the instrument; only editors see them."""
    rows = LegalStatus.objects.filter(verified_on__isnull=True, page__live=True).select_related("page")
    for row in rows:
        began = f"from {row.effective_from:%d %B %Y}" if row.effective_from else "from an unknown day"
        yield AttentionItem(
            "Law to verify",
            row.page.title,
            edit_page(row.page_id),
            f"{row.heading} {began}, {row.instrument}. Read the instrument, then fill in 'verified on'.",
        )


@attention_source
def no_law() -> Iterator[AttentionItem]:
    """Yield the public pages that have no legal status in force today."""
    pages = SubstancePage.objects.filter(pk__in=page_index().by_id).prefetch_related("legal_statuses")
    for page in pages:
        if not page.law_today():
            yield AttentionItem(
                "No law in force today", page.title, edit_page(page.pk), "Its page shows no table of the law."
            )


@attention_source
def hidden_mixtures() -> Iterator[AttentionItem]:
    """Yield the records on mixing with a page that is not public, which nobody sees."""
    public = page_index().by_id
    records = Interaction.objects.live().exclude(first__in=public, second__in=public)
    for record in records.select_related("first", "second"):
        gone = [page.title for page in (record.first, record.second) if page.pk not in public]
        yield AttentionItem(
            "Mixing record that nobody sees",
            str(record),
            reverse("wagtailsnippets_substances_interaction:edit", args=[record.pk]),
            f"{' and '.join(gone)}: not published.",
        )


@attention_source
def names_of_several() -> Iterator[AttentionItem]:
    """Yield the names that several live pages have, unless all of them mark the name as ambiguous."""
    # Thousands of names: the rows, not the models.
    fields = ("name", "ambiguous", "page_id", "page__title")
    by_name: dict[str, list[Any]] = {}
    for row in SubstanceName.objects.filter(page__live=True).values_list(*fields, named=True):
        by_name.setdefault(row.name.lower(), []).append(row)
    for rows in by_name.values():
        unmarked = [row for row in rows if not row.ambiguous]
        if len(rows) > 1 and unmarked:
            titles = ", ".join(row.page__title for row in rows)
            yield AttentionItem(
                "Name of several drugs",
                rows[0].name,
                edit_page(unmarked[0].page_id),
                f"It stands on {titles}. Tick 'ambiguous' on each, or take it off where it is wrong.",
            )
