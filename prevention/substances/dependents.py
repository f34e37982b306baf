"""Which pages show a penalty, a family, a record on mixing or a substance; what the law changes by date."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator

from django.db.models import Q

from prevention.core.change_log import shown_on
from prevention.core.effective_dates import Effect, takes_effect
from prevention.core.models import Action
from prevention.core.references import referred_by
from prevention.substances.models import Family, Interaction, LegalStatus, PenaltyProfile, SubstancePage


@shown_on(PenaltyProfile)
def pages_of_class(profile: PenaltyProfile) -> Iterable[int]:
    """Return the ids of the pages with a legal status of the profile's regime and class."""
    rows = LegalStatus.objects.filter(regime=profile.regime, drug_class=profile.drug_class)
    return rows.values_list("page_id", flat=True)


@referred_by(PenaltyProfile)
def pages_named_by_law(profile: PenaltyProfile) -> Iterable[SubstancePage]:
    """Return the pages whose legal status has the profile's regime and class."""
    return SubstancePage.objects.filter(pk__in=pages_of_class(profile))


@shown_on(Family)
def pages_of_family(family: Family) -> Iterable[int]:
    """Return the ids of the pages of substances in a family."""
    return SubstancePage.objects.filter(families=family.pk).values_list("pk", flat=True)


@shown_on(Interaction)
def pages_of_pair(record: Interaction) -> Iterable[int]:
    """Return the ids of both pages of a record, and of the members of those that are groups."""
    return with_members([record.first_id, record.second_id])


@shown_on(SubstancePage)
def pages_naming(page: SubstancePage) -> Iterable[int]:
    """Return the ids of the pages that show a substance.

    These are the page itself, the other pages in its (and its groups') records on mixing, and the members of
    all of these that are groups.
    """
    mine = [page.pk, *page.group_ids]
    pairs = Interaction.objects.live().filter(Q(first_id__in=mine) | Q(second_id__in=mine))
    others = {number for pair in pairs.values_list("first_id", "second_id") for number in pair} - set(mine)
    return with_members([page.pk, *others])


def with_members(pages: Iterable[int]) -> set[int]:
    """Return these ids, and the ids of the pages that have one of them as a group."""
    numbers = set(pages)
    members = SubstancePage.groups.through.objects.filter(to_substancepage_id__in=numbers)
    return numbers | set(members.values_list("from_substancepage_id", flat=True))


@takes_effect
def law_of(day: datetime.date) -> Iterator[Effect]:
    """Yield an effect for each verified legal status that begins or ends on `day`."""
    rows = LegalStatus.objects.filter(
        Q(effective_from=day) | Q(effective_to=day), verified_on__isnull=False, page__live=True
    )
    for row in rows:
        yield Effect(
            "legalstatus", str(row.pk), str(row), Action.IN_FORCE, pages=(row.page_id,), is_page=True
        )
