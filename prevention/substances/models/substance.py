"""The substance page: everything about one drug, or about a group of drugs."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest
from django.utils.functional import cached_property
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, Panel
from wagtail.models import Orderable
from wagtail.search import index

from prevention.core.content_version import SITE, per_version
from prevention.core.fields import CodesField, LinesField, SafeRichTextField, as_html, labelled, lines
from prevention.core.models import BasePage, SearchName
from prevention.core.places import Place, places
from prevention.core.sanitise import plain_text
from prevention.substances.models.law import LegalStatus
from prevention.substances.models.names import SubstanceName
from prevention.substances.models.vocabulary import Family, Flag, Form, NameKind
from prevention.substances.sections import (
    CITABLE,
    EMERGENCY_FIELDS,
    FEWEST_QUICK_FACTS,
    QUICK_FACTS,
    SECTIONS,
)

if TYPE_CHECKING:
    from prevention.substances.models.interactions import Mixture


@per_version(SITE)
def public_substances() -> dict[str, int]:
    """{slug: id} of the substance pages that everybody may read."""
    return {place.slug: place.pk for place in places().by_id.values() if place.model is SubstancePage}


class SubstancePage(BasePage):
    """Everything about one substance, in typed sections, each with its sources."""

    parent_page_types: ClassVar[list[str]] = ["substances.SubstanceIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    kind = "substance"
    api_detail = "api:substance-detail"
    hard_fields = EMERGENCY_FIELDS
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
        InlinePanel("names", heading="Names", label="Name"),
        InlinePanel("search_lists", heading="Names for search alone", label="List of one source"),
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
        InlinePanel("routes", heading="Ways into the body", label="Way"),
        FieldPanel("stopping_is_dangerous"),
        InlinePanel("questions", heading="Questions people ask", label="Question"),
    ]
    law_panels: ClassVar[list[Panel]] = [
        InlinePanel("legal_statuses", heading="Legal status", label="Status"),
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

    def publishing_errors(self, cited: set[str]) -> dict[str, str]:
        """The emergency part, and a source for every risk section, must be there before publishing."""
        errors = super().publishing_errors(cited)
        for field in ("emergency_signs", "emergency_do"):
            if not lines(getattr(self, field)):
                errors[field] = "Say this before publishing: it is what a frightened reader needs first."
        for section in SECTIONS:
            if section.is_risk and section.field not in cited and plain_text(getattr(self, section.field)):
                errors[section.field] = f"Add a source for the section '{section.heading}' ({section.field})."
        unknown = sorted(cited - CITABLE)
        if unknown:
            known = ", ".join(sorted(CITABLE))
            errors["citations"] = f"No section is called {', '.join(unknown)}. Sources can name: {known}."
        return errors

    # Reads

    @property
    def names_text(self) -> str:
        """All names in one text, for the admin's search box."""
        return " ".join(name.name for name in self.names.all())

    @property
    def family_list(self) -> list[Family]:
        return list(self.families.all())

    @property
    def group_ids(self) -> list[int]:
        return [group.pk for group in self.groups.all()]

    def group_places(self) -> list[Place]:
        """The pages of its groups that everybody may read."""
        return [places().by_id[number] for number in self.group_ids if number in places().by_id]

    def members_shown(self) -> list[SubstancePage]:
        """For a group: the substances with pages of their own that belong to it, by title."""
        if not self.is_group or self.pk is None:  # a preview of a new page has no id yet
            return []
        belongs = models.Q(groups=self.pk) | models.Q(families__slug=self.slug)
        pages = SubstancePage.objects.filter(belongs, pk__in=places().by_id).exclude(pk=self.pk)
        return list(pages.distinct().order_by("title"))

    def legal_rows(self) -> list[LegalStatus]:
        """Every status that somebody has checked against its instrument, the newest first."""
        first = datetime.date.min
        rows = [row for row in self.legal_statuses.all() if row.is_verified]
        return sorted(rows, key=lambda row: row.effective_from or first, reverse=True)

    def law_today(self) -> list[LegalStatus]:
        """The statuses in force today."""
        return [row for row in self.legal_rows() if row.in_force()]

    @cached_property
    def mixtures(self) -> list[Mixture]:
        """What is recorded of mixing it with others, the worst first."""
        from prevention.substances.models.interactions import Interaction  # that module needs this one

        return Interaction.objects.of(self)

    def public_names(self) -> list[dict[str, Any]]:
        """The other names, grouped by kind: [{"kind", "kind_label", "names": [SubstanceName]}]."""
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
        """(label, text) of the quick facts, or nothing when too few are known."""
        facts = [(label, getattr(self, field)) for field, label in QUICK_FACTS if getattr(self, field)]
        return facts if len(facts) >= FEWEST_QUICK_FACTS else []

    def emergency(self) -> dict[str, list[str]]:
        """{"signs", "do", "dont"}: lists of short texts."""
        return {field.removeprefix("emergency_"): lines(getattr(self, field)) for field in EMERGENCY_FIELDS}

    def sections(self) -> list[dict[str, Any]]:
        """The sections that have text, in order, with HTML or items and the numbers of their sources."""
        numbers: dict[str, list[int]] = {}
        for source in self.numbered_sources:
            for name in source["sections"]:
                # The ways into the body stand in the section on taking it.
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
        parts = [getattr(self, section.field) for section in SECTIONS]
        parts += [getattr(self, field) for field in EMERGENCY_FIELDS] + [self.law_notes]
        parts += [f"{way.route_label}: {way.risk}" for way in self.routes.all()]
        parts += [f"{question.question} {question.answer}" for question in self.questions.all()]
        return plain_text("\n".join(f"<p>{part}</p>" for part in parts if part))

    def search_names(self) -> Iterator[SearchName]:
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
        context = super().get_context(request, *args, **kwargs)
        sections = self.sections()
        context |= {
            "matched_name": self._matched_name(request.GET.get("name", "")),
            "public_names": self.public_names(),
            "families": self.family_list,
            "groups": self.group_places(),
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
        """The page as reached by one of its names is kept too: it is how most people come."""
        name = self._matched_name(request.GET.get("name", ""))
        return name is not None and name.address("") == f"?{request.META.get('QUERY_STRING', '')}"

    def _matched_name(self, wanted: str) -> SubstanceName | None:
        """The name by which somebody came here (?name=ket), when it really is one of its names."""
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
