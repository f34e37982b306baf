"""What an editor should look at among the substances."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from prevention.core.page_index import page_index
from prevention.editorial.attention import AttentionItem, attention_source, edit_page
from prevention.substances.models import Interaction, LegalStatus, SubstanceName, SubstancePage


def shared_names(page: SubstancePage) -> Iterator[tuple[str, str]]:
    """(name, title of the other substance) for names of a live page too, unless both say it is ambiguous."""
    mine = {name.name.lower(): name for name in page.names.all()}
    others = SubstanceName.objects.filter(page__live=True).exclude(page=page.pk).select_related("page")
    for other in others:
        name = mine.get(other.name.lower())
        if name and not (name.ambiguous and other.ambiguous):
            yield name.name, other.page.title


@attention_source
def unverified_law() -> Iterator[AttentionItem]:
    """Rows of the law that nobody has read in the instrument yet; the public does not see them."""
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
    """Public pages that say nothing of the law today."""
    pages = SubstancePage.objects.filter(pk__in=page_index().by_id).prefetch_related("legal_statuses")
    for page in pages:
        if not page.law_today():
            yield AttentionItem(
                "No law in force today", page.title, edit_page(page.pk), "Its page shows no table of the law."
            )


@attention_source
def hidden_mixtures() -> Iterator[AttentionItem]:
    """Records on mixing of which one side is not public."""
    for record in Interaction.objects.select_related("first", "second"):
        gone = [page.title for page in (record.first, record.second) if page.pk not in page_index().by_id]
        if gone:
            yield AttentionItem(
                "Mixing record that nobody sees",
                str(record),
                reverse("wagtailsnippets_substances_interaction:edit", args=[record.pk]),
                f"{' and '.join(gone)}: not published.",
            )


@attention_source
def names_of_several() -> Iterator[AttentionItem]:
    """Names that several live pages have, and that are not marked as ambiguous on all of them."""
    by_name: dict[str, list[SubstanceName]] = {}
    for name in SubstanceName.objects.filter(page__live=True).select_related("page"):
        by_name.setdefault(name.name.lower(), []).append(name)
    for rows in by_name.values():
        unmarked = [row for row in rows if not row.ambiguous]
        if len(rows) > 1 and unmarked:
            titles = ", ".join(row.page.title for row in rows)
            yield AttentionItem(
                "Name of several drugs",
                rows[0].name,
                edit_page(unmarked[0].page_id),
                f"It stands on {titles}. Tick 'ambiguous' on each, or take it off where it is wrong.",
            )
