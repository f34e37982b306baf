"""The substance page: everything about one drug, or about a group of drugs."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from itertools import groupby
from typing import Any, ClassVar

from django.db import models
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest
from django.utils.functional import cached_property
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel
from wagtail.models import Orderable
from wagtail.search import index

from prevention.core.addresses import left_behind_as
from prevention.core.fields import CodesField, LinesField, SafeRichTextField, as_html, labelled, lines
from prevention.core.models import PLAIN_SLUG, BasePage, SearchName
from prevention.core.page_index import PageEntry, page_index
from prevention.core.panels import RowsPanel
from prevention.core.sanitise import plain_text
from prevention.delivery.content_version import SITE, per_version
from prevention.substances.models.interactions import Interaction, Mixture
from prevention.substances.models.law import LegalStatus
from prevention.substances.models.names import SubstanceName
from prevention.substances.models.vocabulary import Family, Flag, Form, NameKind
from prevention.substances.panels import SearchListsPanel
from prevention.substances.sections import (
    CITABLE,
    EMERGENCY_FIELDS,
    FEWEST_QUICK_FACTS,
    QUICK_FACTS,
    SECTIONS,
)


@per_version(SITE)
def public_substances() -> dict[str, int]:
    """Return {slug: id} of the public substance pages."""
    return {entry.slug: entry.pk for entry in page_index().by_id.values() if entry.model is SubstancePage}


def substance_called(slug: str) -> int | None:
    """Return the id of the public substance with this slug, or that had it last; None if there is none."""
    number = public_substances().get(slug)
    if number is None and PLAIN_SLUG.fullmatch(slug):
        way = left_behind_as(SubstancePage.kind, slug)
        number = way.pk if isinstance(way, PageEntry) else None
    return number


class SubstancePage(BasePage):
    """The page about one substance or group: facts in fields, texts in sections (sections.py), sources."""

    parent_page_types: ClassVar[list[str]] = ["substances.SubstanceIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    kind = "substance"
    api_detail = "api:substance-detail"
    hard_fields = EMERGENCY_FIELDS
    # Without it a reader would find nothing on mixing a copy, beside an original that warns of it.
    exclude_fields_in_copy: ClassVar[list[str]] = ["mixing"]
    shown_with = ("citations", "names", "families", "groups", "routes", "legal_statuses", "questions")

    is_group = models.BooleanField(
        "is about a group",
        default=False,
        help_text="It holds what is true of all drugs of the group, for those without a page of their own.",
    )
    groups = ParentalManyToManyField(
        "self",
        symmetrical=False,
        blank=True,
        related_name="members",
        limit_choices_to={"is_group": True},
        help_text="The group pages that it belongs to. What is recorded of mixing a group holds for it too.",
    )
    flags = CodesField(options=Flag)
    forms = CodesField(options=Form, help_text="Shown as drawings beside the words.")
    families = ParentalManyToManyField(Family, blank=True, related_name="substances")
    quick_feel = models.CharField("how it can feel", max_length=200, blank=True)
    quick_body = models.CharField("what it does to the body", max_length=200, blank=True)
    quick_onset = models.CharField("how soon it starts", max_length=200, blank=True)
    quick_duration = models.CharField("how long it lasts", max_length=200, blank=True)
    quick_risks = models.CharField("the biggest risks", max_length=200, blank=True)

    emergency_signs = LinesField("signs")
    emergency_do = LinesField("do")
    emergency_dont = LinesField("do not")

    looks = SafeRichTextField("what it looks like", blank=True)
    taking = SafeRichTextField(
        "how people take it", blank=True, help_text="What holds for all ways. No amounts, no preparation."
    )
    wanted_effects = SafeRichTextField("what people want from it", blank=True)
    unwanted_effects = SafeRichTextField("what else it can do", blank=True)
    comedown = SafeRichTextField("coming down, and the days after", blank=True)
    short_term_risks = SafeRichTextField("risks now", blank=True)
    long_term_risks = SafeRichTextField("risks over time", blank=True)
    under_18s = SafeRichTextField("if you are under 18", blank=True)
    cut_with = SafeRichTextField("what may be in it", blank=True)
    mixing = SafeRichTextField("mixing it", blank=True, help_text="Never say that a mixture is safe.")
    dependence = SafeRichTextField("getting hooked, and stopping", blank=True)
    stopping_is_dangerous = models.BooleanField(
        "stopping suddenly is dangerous",
        default=False,
        help_text="The page then says to get medical help first.",
    )
    staying_safer = LinesField(
        "looking after yourself and others", help_text="One tip to a line; first: not using."
    )
    worried = SafeRichTextField("worried about yourself or someone else", blank=True)
    law_notes = SafeRichTextField("the law in plain words", blank=True)

    content_panels: ClassVar[list[Panel]] = [
        *BasePage.content_panels,
        RowsPanel("names", heading="Names", label="Name", folded=True),
        SearchListsPanel("Names for search alone"),
        FieldPanel("families", widget=CheckboxSelectMultiple),
        MultiFieldPanel(
            [FieldPanel("is_group"), FieldPanel("groups", widget=CheckboxSelectMultiple)], heading="Group"
        ),
        MultiFieldPanel([FieldPanel("flags"), FieldPanel("forms")], heading="Kinds and looks"),
        MultiFieldPanel([FieldPanel(field) for field, _ in QUICK_FACTS], heading="Quick facts"),
    ]
    emergency_panels: ClassVar[list[Panel]] = [FieldPanel(field) for field in EMERGENCY_FIELDS]
    section_panels: ClassVar[list[Panel]] = [
        *[FieldPanel(section.field) for section in SECTIONS],
        RowsPanel("routes", heading="Ways into the body", label="Way"),
        FieldPanel("stopping_is_dangerous"),
        RowsPanel("questions", heading="Questions people ask", label="Question"),
    ]
    law_panels: ClassVar[list[Panel]] = [
        RowsPanel("legal_statuses", heading="Legal status", label="Status"),
        FieldPanel("law_notes"),
    ]

    search_fields: ClassVar[list[index.BaseField]] = [
        *BasePage.search_fields,
        index.SearchField("names_text"),
        index.AutocompleteField("names_text"),
    ]

    class Meta:
        verbose_name = "substance"

    # Validation

    @classmethod
    def citable_sections(cls) -> dict[str, str]:
        """Return {section: its name for editors}, in the order of the page."""
        return CITABLE

    def missing_for_publishing(self, cited: set[str]) -> dict[str, str]:
        """Return {field: error} for what must be mended before the page can be published.

        The emergency part must have signs and actions, mixing must be answered, each risk section with text
        needs a source, and citations must name sections that exist. `cited` are the sections they name.
        """
        errors = super().missing_for_publishing(cited)
        for field in ("emergency_signs", "emergency_do"):
            if not lines(getattr(self, field)):
                errors[field] = "Say this before publishing: it is what a frightened reader needs first."
        if not self.is_mixing_answered():
            errors["mixing"] = (
                "Say what is known of mixing it before publishing, even if nothing is known. A copy does not "
                "get the text or the records on mixing of its original: answer it for this page."
            )
        for section in SECTIONS:
            if section.is_risk and section.field not in cited and plain_text(getattr(self, section.field)):
                errors[section.field] = f"Add a source for the section '{section.heading}' ({section.field})."
        unknown = sorted(cited - CITABLE.keys())
        if unknown:
            known = ", ".join(sorted(CITABLE))
            errors["citations"] = f"No section is called {', '.join(unknown)}. Sources can name: {known}."
        return errors

    # Reads

    def is_mixing_answered(self) -> bool:
        """Return whether the page itself says something of mixing, in its text or by a record on it.

        What is recorded of its groups is no answer: a copy is in the same groups as its original.
        """
        if plain_text(self.mixing):
            return True
        return self.pk is not None and Interaction.objects.about([self.pk]).exists()

    @property
    def names_text(self) -> str:
        """All names in one text, for the search box of the admin."""
        return " ".join(name.name for name in self.names.all())

    @property
    def family_list(self) -> list[Family]:
        """The families that the substance belongs to, in their order."""
        return list(self.families.all())

    @property
    def group_ids(self) -> list[int]:
        """The ids of the group pages that the substance belongs to, public or not."""
        return [group.pk for group in self.groups.all()]

    @property
    def mixing_ids(self) -> list[int]:
        """The page's id, then the ids of its groups: records on mixing any of these apply to it."""
        return [self.pk, *self.group_ids]

    def groups_shown(self) -> list[PageEntry]:
        """Return the public pages of its groups."""
        return [page_index().by_id[number] for number in self.group_ids if number in page_index().by_id]

    def members_shown(self) -> list[SubstancePage]:
        """Return the public pages of a group's members, by title; [] if the page is not about a group.

        Members name the group, or are in the family with the same slug.
        """
        if not self.is_group or self.pk is None:  # a preview of a new page has no id yet
            return []
        belongs = models.Q(groups=self.pk) | models.Q(families__slug=self.slug)
        pages = SubstancePage.objects.filter(belongs, pk__in=page_index().by_id).exclude(pk=self.pk)
        return list(pages.distinct().order_by("title"))

    def legal_rows(self) -> list[LegalStatus]:
        """Return the verified legal statuses, past, present and announced, the newest first."""
        first = datetime.date.min
        rows = [row for row in self.legal_statuses.all() if row.is_verified]
        return sorted(rows, key=lambda row: row.effective_from or first, reverse=True)

    def law_today(self) -> list[LegalStatus]:
        """Return the verified legal statuses that are in force today (London)."""
        return [row for row in self.legal_rows() if row.in_force()]

    @cached_property
    def mixtures(self) -> list[Mixture]:
        """The records on mixing it with other public pages, worst level first."""
        return Interaction.objects.of(self.mixing_ids)

    def public_names(self) -> list[dict[str, Any]]:
        """Return the names that may be shown, grouped: [{"kind", "kind_label", "names": [SubstanceName]}]."""
        order = list(NameKind)
        shown = sorted(
            (name for name in self.names.all() if name.is_public and name.name.lower() != self.title.lower()),
            key=lambda name: (order.index(NameKind(name.kind)), name.sort_order or 0),
        )
        return [
            {"kind": kind, "kind_label": NameKind(kind).label, "names": list(names)}
            for kind, names in groupby(shown, key=lambda name: name.kind)
        ]

    def quick_facts(self) -> list[tuple[str, str]]:
        """Return (label, text) of the quick facts; [] if there are fewer than FEWEST_QUICK_FACTS."""
        facts = [(label, getattr(self, field)) for field, label in QUICK_FACTS if getattr(self, field)]
        return facts if len(facts) >= FEWEST_QUICK_FACTS else []

    def emergency(self) -> dict[str, list[str]]:
        """Return {"signs", "do", "dont"}, each a list of short texts."""
        return {field.removeprefix("emergency_"): lines(getattr(self, field)) for field in EMERGENCY_FIELDS}

    def sections(self) -> list[dict[str, Any]]:
        """Return the sections that have anything to show, in order, each as a dict.

        {"field", "anchor", "heading", "aspect", "html", "items", "routes", "citation_numbers"}: "html", or
        "items" (a list of texts), has the text. "routes" are SubstanceRoutes, the numbers those of sources.
        """
        numbers: dict[str, list[int]] = {}
        for source in self.numbered_sources:
            for name in source["sections"]:
                # The routes are shown in the section "taking", so their sources belong there.
                numbers.setdefault("taking" if name == "routes" else name, []).append(source["number"])
        rows = []
        for section in SECTIONS:
            value = getattr(self, section.field)
            items = lines(value) if section.field == "staying_safer" else []
            html = "" if items else as_html(value)
            ways = list(self.routes.all()) if section.field == "taking" else []
            recorded = self.mixtures if section.field == "mixing" else []
            if items or ways or recorded or plain_text(html):
                rows.append(
                    {
                        "field": section.field,
                        "anchor": section.anchor,
                        "heading": section.heading,
                        "aspect": section.aspect,
                        "html": html,
                        "items": items,
                        "routes": ways,
                        "citation_numbers": sorted(set(numbers.get(section.field, []))),
                    }
                )
        return rows

    def search_text(self) -> str:
        """Return all sections, the emergency part, the law, the routes and the questions as plain text."""
        parts = [getattr(self, section.field) for section in SECTIONS]
        parts += [getattr(self, field) for field in EMERGENCY_FIELDS] + [self.law_notes]
        parts += [f"{way.route_label}: {way.risk}" for way in self.routes.all()]
        parts += [f"{question.question} {question.answer}" for question in self.questions.all()]
        return plain_text("\n".join(f"<p>{part}</p>" for part in parts if part))

    def search_names(self) -> Iterator[SearchName]:
        """Yield the title, the names of the page, and the names that only search knows (`usual` is false)."""
        yield from super().search_names()
        for name in self.names.all():
            yield SearchName(
                name.name,
                name.kind,
                ambiguous=name.ambiguous,
                shown=name.is_public,
                region=name.region,
            )
        for row in self.search_lists.all():
            for text in row.name_list:
                yield SearchName(
                    text,
                    row.kind,
                    ambiguous=row.ambiguous,
                    shown=not row.offensive,
                    region=row.region,
                    usual=False,
                )

    # Serving

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add all parts of the page, and `matched_name`, the name by which the reader came (?name=)."""
        context = super().get_context(request, *args, **kwargs)
        sections = self.sections()
        context |= {
            "matched_name": self._matched_name(request.GET.get("name", "")),
            "public_names": self.public_names(),
            "families": self.family_list,
            "groups": self.groups_shown(),
            "members": self.members_shown(),
            "form_list": list(labelled(self.forms, Form)),
            "flag_list": list(labelled(self.flags, Flag)),
            "mixtures": self.mixtures,
            "quick_facts": self.quick_facts(),
            "emergency": self.emergency(),
            "sections": sections,
            "law": self.law_today(),
            "law_notes": as_html(self.law_notes),
            "questions": [(question.question, as_html(question.answer)) for question in self.questions.all()],
            "contents": [(section["anchor"], section["heading"]) for section in sections],
        }
        return context

    def keeps_query(self, request: HttpRequest) -> bool:
        """Return whether the page cache keeps the answer: only for ?name= with a name of this page.

        Most readers come by a name, so these answers are kept like that of the plain address.
        """
        name = self._matched_name(request.GET.get("name", ""))
        return name is not None and name.address("") == f"?{request.META.get('QUERY_STRING', '')}"

    def _matched_name(self, wanted: str) -> SubstanceName | None:
        """Return the name `wanted` (from ?name=) if it is an inoffensive name of this page, else None."""
        wanted = wanted.lower()
        for name in self.names.all():
            if name.is_public and name.name.lower() == wanted:
                return name
        for row in self.search_lists.all() if wanted else ():
            if not row.offensive and wanted in row.names.lower():
                for text in row.name_list:
                    if text.lower() == wanted:
                        return row.named(text)
        return None


SubstancePage.edit_handler = SubstancePage.tabs(
    Emergency=SubstancePage.emergency_panels,
    Sections=SubstancePage.section_panels,
    Law=SubstancePage.law_panels,
)


class Question(Orderable):
    """A question that young people ask about a substance, with its answer."""

    page = ParentalKey(SubstancePage, on_delete=models.CASCADE, related_name="questions")
    question = models.CharField(max_length=160)
    answer = SafeRichTextField()

    panels: ClassVar[list[Panel]] = [FieldPanel("question"), FieldPanel("answer")]

    def __str__(self) -> str:
        return self.question
