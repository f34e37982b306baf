"""Records on mixing: one for each unordered pair of substances or groups, shown on both pages.

No level means safe. No record means unknown, which is not safe either.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, Panel
from wagtail.snippets.models import register_snippet

from prevention.core.models import Fact, FactQuerySet
from prevention.core.page_index import page_index
from prevention.substances.models.vocabulary import Level, Reliability

WORST_FIRST = list(Level)


class InteractionQuerySet(FactQuerySet["Interaction"]):
    """Queries on records of mixing; they find live ones only."""

    def about(self, numbers: Iterable[int]) -> InteractionQuerySet:
        """Return the records with one of these pages (ids) on either side."""
        numbers = list(numbers)
        return self.live().filter(Q(first_id__in=numbers) | Q(second_id__in=numbers))

    def joining(self, mine: Iterable[int], theirs: Iterable[int]) -> InteractionQuerySet:
        """Return the records with one of `mine` (ids) on one side and one of `theirs` on the other."""
        mine, theirs = list(mine), list(theirs)
        return self.live().filter(
            Q(first_id__in=mine, second_id__in=theirs) | Q(first_id__in=theirs, second_id__in=mine)
        )

    def of(self, pages: Sequence[int]) -> list[Mixture]:
        """Return the records on mixing one page with others, worst level first: one for each other page.

        `pages` are the id of the page and then the ids of its groups. For each other page a record of the
        page itself takes precedence over those of its groups; among these the worst is taken.
        """
        page = pages[0]
        shown = page_index().by_id.keys()
        rows: dict[int, Mixture] = {}
        for record in self.about(pages):
            for mine, other in ((record.first_id, record.second_id), (record.second_id, record.first_id)):
                # `page` itself need not be public: the preview of a draft shows its records.
                if mine not in pages or other not in shown or (mine != page and mine not in shown):
                    continue
                mixture = Mixture(record, mine, other, is_exact=mine == page)
                if other != page and (other not in rows or mixture.rank < rows[other].rank):
                    rows[other] = mixture
        return sorted(rows.values(), key=lambda row: (WORST_FIRST.index(Level(row.record.level)), row.title))

    def between(self, mine: Sequence[int], theirs: Sequence[int]) -> Mixture | None:
        """Return the record on two pages, else the worst record on their groups, else None.

        `mine` and `theirs` are each the id of a page and then the ids of its groups.
        """
        shown = page_index().by_id.keys()
        found = []
        for record in self.joining(mine, theirs):
            near, far = record.first_id, record.second_id
            if not (near in mine and far in theirs):
                near, far = far, near
            if {near, far} <= shown:
                exact = (near, far) == (mine[0], theirs[0])
                found.append(Mixture(record, near, far, is_exact=exact))
        return min(found, key=lambda mixture: mixture.rank, default=None)


class Interaction(Fact):
    """What is known about taking two substances together. Each side may also be a group."""

    hard = True
    preview_template = "substances/interaction_preview.html"
    quoted_fields: ClassVar[tuple[str, ...]] = ("source_title", "source_publisher", "source_published")

    first = models.ForeignKey("substances.SubstancePage", on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey("substances.SubstancePage", on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=7, choices=Level.choices)
    reliability = models.CharField(max_length=12, choices=Reliability.choices)
    explanation = models.TextField(
        max_length=600, help_text="What can happen and why, in plain words. Never that a mixture is safe."
    )
    source_title = models.CharField("title of the source", max_length=255)
    source_publisher = models.CharField("publisher", max_length=120)
    source_url = models.URLField("web address", max_length=500)
    source_published = models.CharField("published", max_length=40, blank=True)
    source_accessed = models.DateField("looked up on")

    panels: ClassVar[list[Panel]] = [
        FieldRowPanel([FieldPanel("first"), FieldPanel("second")]),
        FieldRowPanel([FieldPanel("level"), FieldPanel("reliability")]),
        FieldPanel("explanation"),
        MultiFieldPanel(
            [
                FieldPanel("source_title"),
                FieldPanel("source_publisher"),
                FieldPanel("source_url"),
                FieldRowPanel([FieldPanel("source_published"), FieldPanel("source_accessed")]),
            ],
            heading="Source",
        ),
    ]
    objects = InteractionQuerySet.as_manager()

    class Meta:
        ordering = ("first__title", "second__title")
        constraints = (
            models.UniqueConstraint(fields=("first", "second"), name="one_record_per_pair"),
            models.CheckConstraint(condition=Q(first__lt=models.F("second")), name="pair_in_order"),
        )

    def __str__(self) -> str:
        if not (self.first_id and self.second_id):
            return "A new record"
        return f"{self.first.title} and {self.second.title}"

    def clean(self) -> None:
        """Put the pair in order. Raises ValidationError for two equal sides, or for refused words."""
        super().clean()
        if self.first_id and self.first_id == self.second_id:
            raise ValidationError({"second": "Choose another substance: this is the same one."})
        self._put_in_order()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._put_in_order()
        super().save(*args, **kwargs)

    def preview_values(self) -> dict[str, Any]:
        """Return {"mixture": the record as it is seen from its first page}."""
        return {"mixture": Mixture(self, self.first_id, self.second_id, is_exact=True)}

    def _put_in_order(self) -> None:
        """Put the lower id first, so that the database's constraint admits each pair only once."""
        if self.first_id and self.second_id and self.first_id > self.second_id:
            self.first_id, self.second_id = self.second_id, self.first_id


register_snippet(Interaction, viewset="prevention.substances.viewsets.InteractionViewSet")


@dataclass(frozen=True)
class Mixture:
    """A record seen from one of its pages: `mine` is the id of that page (or group), `other` of the other.

    `is_exact` is true if the record names the pages that were asked for, and false if it names a group.
    """

    record: Interaction
    mine: int
    other: int
    is_exact: bool

    @property
    def title(self) -> str:
        """The title of the other page."""
        return page_index().by_id[self.other].title

    @property
    def url(self) -> str:
        """The path of the other page."""
        return page_index().by_id[self.other].url

    @property
    def mine_title(self) -> str:
        """The title of this side's page or group."""
        return page_index().by_id[self.mine].title

    @property
    def icon(self) -> str:
        """The id of the level's drawing in images/icons.svg, so that colour is never the only sign."""
        return f"level-{self.record.level}"

    @property
    def level_label(self) -> str:
        """The level in words, for example "Danger to life"."""
        return str(self.record.get_level_display())

    @property
    def reliability_label(self) -> str:
        """The reliability in words, for example "Seen in people"."""
        return str(self.record.get_reliability_display())

    @property
    def rank(self) -> tuple[bool, int]:
        """The sort key among records on the same pair: exact records first, then the worst level."""
        return (not self.is_exact, WORST_FIRST.index(Level(self.record.level)))
