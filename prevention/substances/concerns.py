"""What an editor should look at among the substances."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from prevention.core.places import places
from prevention.editorial.concerns import Concern, concerns_from, edit_page
from prevention.substances.models import Interaction, LegalStatus, SubstanceName, SubstancePage


def shared_names(page: SubstancePage) -> Iterator[tuple[str, str]]:
    """(name, title of the other substance) for names of a live page too, unless both say it is ambiguous."""
    mine = {name.name.lower(): name for name in page.names.all()}
    others = SubstanceName.objects.filter(page__live=True).exclude(page=page.pk)
    for other, is_ambiguous, title in others.values_list("name", "ambiguous", "page__title"):
        name = mine.get(other.lower())
        if name and not (name.ambiguous and is_ambiguous):
            yield name.name, title


@concerns_from
def unverified_law() -> Iterator[Concern]:
    """Rows of the law that nobody has read in the instrument yet; the public does not see them."""
    rows = LegalStatus.objects.filter(verified_on__isnull=True, page__live=True).select_related("page")
    for row in rows:
        began = f"from {row.effective_from:%d %B %Y}" if row.effective_from else "from an unknown day"
        yield Concern(
            "Law to verify",
            row.page.title,
            edit_page(row.page_id),
            f"{row.heading} {began}, {row.instrument}. Read the instrument, then fill in 'verified on'.",
        )


@concerns_from
def no_law() -> Iterator[Concern]:
    """Public pages that say nothing of the law today."""
    pages = SubstancePage.objects.filter(pk__in=places().by_id).prefetch_related("legal_statuses")
    for page in pages:
        if not page.law_today():
            yield Concern(
                "No law in force today", page.title, edit_page(page.pk), "Its page shows no table of the law."
            )


@concerns_from
def hidden_mixtures() -> Iterator[Concern]:
    """Records on mixing of which one side is not public."""
    public = places().by_id
    for record in Interaction.objects.exclude(first__in=public, second__in=public).select_related(
        "first", "second"
    ):
        gone = [page.title for page in (record.first, record.second) if page.pk not in public]
        yield Concern(
            "Mixing record that nobody sees",
            str(record),
            reverse("wagtailsnippets_substances_interaction:edit", args=[record.pk]),
            f"{' and '.join(gone)}: not published.",
        )


@concerns_from
def names_of_several() -> Iterator[Concern]:
    """Names that several live pages have, and that are not marked as ambiguous on all of them."""
    # Thousands of names: the rows, not the models.
    fields = ("name", "ambiguous", "page_id", "page__title")
    by_name: dict[str, list[Any]] = {}
    for row in SubstanceName.objects.filter(page__live=True).values_list(*fields, named=True):
        by_name.setdefault(row.name.lower(), []).append(row)
    for rows in by_name.values():
        unmarked = [row for row in rows if not row.ambiguous]
        if len(rows) > 1 and unmarked:
            titles = ", ".join(row.page__title for row in rows)
            yield Concern(
                "Name of several drugs",
                rows[0].name,
                edit_page(unmarked[0].page_id),
                f"It stands on {titles}. Tick 'ambiguous' on each, or take it off where it is wrong.",
            )
