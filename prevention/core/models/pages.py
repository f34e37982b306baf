"""The abstract base page, and the sources cited on it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, final

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.utils.text import capfirst
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, Panel, TabbedInterface
from wagtail.models import Orderable, Page, PageViewRestriction, Revision
from wagtail.search import index

from prevention import clock
from prevention.core.content import changed_content
from prevention.core.content_keys import content_key
from prevention.core.fields import LinesField, SafeRichTextField
from prevention.core.forms import PublishingForm
from prevention.core.models.bookkeeping import is_bookkeeping, may_be_overwritten
from prevention.core.models.explained import NOT_BOTH, Explained
from prevention.core.page_index import page_index
from prevention.core.panels import RowsPanel
from prevention.core.plain_texts import clean_texts
from prevention.core.publishing import Errors, PublishingRefusedError, broken_rules, new_breaches
from prevention.core.wording_panel import WordingPanel
from prevention.delivery.answers import public
from prevention.delivery.content_version import SITE, Scopes

# As the NHS website does, a page is reviewed again after three years at the latest.
LONGEST_REVIEW_INTERVAL = datetime.timedelta(days=3 * 366)


# A slug of this form can be used in addresses, in the counts and in file names.
PLAIN_SLUG = re.compile(r"(?=.{1,60}$)[a-z0-9]+(-[a-z0-9]+)*")


# Explains to editors how search.language.phrases reads their phrases.
PHRASES_HELP = (
    "One to a line, as people type them. A line counts when all its words are in the question, close "
    "together, in any order and any form ('overdosed' also finds 'overdosing'). Begin a line with ! for an "
    "exception, and a word with = when only this very form of it counts ('=fitting', not 'fit')."
)


class Audience(models.TextChoices):
    """The readers that a page is written for."""

    YOUNG = "young-people", "Young people"
    PARENTS = "parents", "Parents and carers"
    TEACHERS = "teachers", "Teachers"


@dataclass(frozen=True)
class SearchName:
    """A name by which search finds a page.

    When `shown` is false the name finds its page but is never shown to a reader. When `usual` is false, an
    equal name of another page is preferred.
    """

    name: str
    kind: str
    ambiguous: bool = False
    shown: bool = True
    region: str = ""
    usual: bool = True


class Citation(Orderable):
    """A source cited for one section of a page."""

    quoted_fields: ClassVar[tuple[str, ...]] = ("*",)

    page = ParentalKey(Page, on_delete=models.CASCADE, related_name="citations")
    section = models.CharField(max_length=40, help_text="The section that this source backs.")
    title = models.CharField(max_length=255)
    publisher = models.CharField(max_length=120)
    url = models.URLField("web address", max_length=500)
    published = models.CharField(max_length=40, blank=True, help_text="Year or date, as the source gives it.")
    accessed = models.DateField("looked up on")

    panels: ClassVar[list[Panel]] = [
        FieldPanel("section"),
        FieldPanel("title"),
        FieldPanel("publisher"),
        FieldPanel("url"),
        FieldPanel("published"),
        FieldPanel("accessed"),
    ]

    def __str__(self) -> str:
        return f"{self.publisher}: {self.title}"


class BasePage(Explained, Page):
    """A page with a summary, sources and a review record. Its rendered answers are cached and counted.

    A subclass sets `kind`: the prefix of its key in the counts, and its kind in search.
    """

    base_form_class = PublishingForm
    kind: ClassVar[str] = ""
    # The name of its endpoint in the API; "" when it is left out on purpose. None fails a system check.
    api_detail: ClassVar[str | None] = None

    # A page type whose pages differ in their readers has a field of this name.
    audience: str = Audience.YOUNG

    # Set by serve_page when the page is in the index of public pages: its restrictions need no query.
    is_known_public = False

    # The scopes of the content that it shows. A change of any other scope keeps its cached answers.
    shown_scopes: ClassVar[Scopes] = SITE
    # Fields whose former text no reader may get any more once they have changed.
    hard_fields: ClassVar[tuple[str, ...]] = ()
    # Whether the gate to publishing has been asked for the next save.
    _has_passed = False
    # Fields that are not in our own words, and that the rules on wording are not asked of.
    quoted_fields: ClassVar[tuple[str, ...]] = (
        "search_keywords",
        "draft_title",
        "url_path",
        "wording_reason",
    )

    # The relations that the page shows; they are prefetched before it is rendered or serialised.
    shown_with: ClassVar[tuple[str, ...]] = ("citations",)

    summary = models.CharField(max_length=200, help_text="Shown in lists, in search and to search engines.")
    last_reviewed = models.DateField(null=True, blank=True)
    next_review = models.DateField(null=True, blank=True)
    reviewer_role = models.CharField(
        max_length=120,
        blank=True,
        help_text="Written by the approval of a reviewer. While this is empty the page says that it is "
        "starter content and not clinically reviewed.",
    )
    # Written by the last approval, with the role and the date above.
    reviewed_revision = models.PositiveIntegerField(null=True, blank=True, editable=False)
    reviewed_by_one = models.BooleanField(default=False, editable=False)
    # What is said of the version, and when it was said.
    change_note = models.CharField(
        max_length=255, blank=True, help_text="What changed, in one plain sentence."
    )
    is_small_change = models.BooleanField(
        "small wording, not listed",
        default=False,
        help_text="A spelling, a comma, a plainer word: nothing that anybody may have relied on.",
    )
    wording_reason = models.CharField(
        "why its wording has to stay",
        max_length=500,
        blank=True,
        help_text="Only when the checks of wording ask. It is kept in the history, and no reader sees it.",
    )
    explained_at = models.DateTimeField(null=True, blank=True, editable=False)
    search_keywords = LinesField(
        "words that should find this page", help_text=f"Not names, which have their own list. {PHRASES_HELP}"
    )

    content_panels: ClassVar[list[Panel]] = [*Page.content_panels, FieldPanel("summary")]
    source_panels: ClassVar[list[Panel]] = [
        RowsPanel("citations", heading="Sources", label="Source", folded=True)
    ]
    review_panels: ClassVar[list[Panel]] = [
        MultiFieldPanel(
            [
                FieldPanel("last_reviewed", read_only=True),
                FieldPanel("reviewer_role", read_only=True),
                FieldPanel("next_review"),
                FieldPanel("change_note"),
                FieldPanel("is_small_change"),
                WordingPanel(),
                FieldPanel("wording_reason"),
            ],
            heading="Review",
        )
    ]
    search_fields: ClassVar[list[index.BaseField]] = [*Page.search_fields, index.SearchField("summary")]

    class Meta:
        abstract = True

    @classmethod
    def tabs(cls, **more: list[Panel]) -> TabbedInterface:
        """Return the editing form: tabs Content, those of `more`, Sources, Review, Promote.

        `more` gives panels by heading; an underscore in a heading becomes a space.
        """
        middle = [ObjectList(panels, heading=heading.replace("_", " ")) for heading, panels in more.items()]
        return TabbedInterface(
            [
                ObjectList(cls.content_panels, heading="Content"),
                *middle,
                ObjectList(cls.source_panels, heading="Sources"),
                ObjectList(cls.review_panels, heading="Review"),
                ObjectList(
                    [FieldPanel("search_keywords"), *Page.promote_panels, *Page.settings_panels],
                    heading="Promote",
                ),
            ]
        )

    # Validation

    def clean(self) -> None:
        """Raise ValidationError for an unusual slug, an unusual next review, or a note on small wording."""
        super().clean()
        errors: dict[str, str] = {}
        if self.slug and not PLAIN_SLUG.fullmatch(self.slug):
            errors["slug"] = "Use small letters, digits and single hyphens, 60 characters at most."
        if self.last_reviewed and self.next_review:
            if self.next_review <= self.last_reviewed:
                errors["next_review"] = "The next review must come after the last one."
            elif self.next_review - self.last_reviewed > LONGEST_REVIEW_INTERVAL:
                errors["next_review"] = "Choose a next review within three years of the last one."
        if self.change_note and self.is_small_change:
            errors["change_note"] = NOT_BOTH
        if errors:
            raise ValidationError(errors)

    @final
    def publishing_errors(self, cited: set[str] | None = None) -> Errors:
        """Return what forbids publishing the page as it is in memory: {field or child relation: sentence}.

        `cited` are the sections that have a source; None: those of its citations. A page type adds its own
        rules in `missing_for_publishing`.
        """
        if cited is None:
            cited = {citation.section for citation in self.citations.all()}
        errors = broken_rules(self)
        if self.next_review and self.next_review - clock.today() > LONGEST_REVIEW_INTERVAL:
            errors["next_review"] = "Choose a next review at most three years from today."
        return {**errors, **self.missing_for_publishing(cited)}

    @classmethod
    def citable_sections(cls) -> dict[str, str]:
        """Return {section: its name for editors} of what a source of this type of page can back."""
        sections = {"summary": "Summary"}
        for field in cls._meta.concrete_fields:
            if isinstance(field, SafeRichTextField | LinesField) and field.name not in cls.quoted_fields:
                sections[field.name] = str(capfirst(field.verbose_name))
        return sections

    def missing_for_publishing(self, cited: set[str]) -> Errors:
        """Return what this type of page must have before it is published, and lacks: {field: sentence}."""
        return {}

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the page. Raises PublishingRefusedError when `refusals` has anything against it."""
        is_change = self.live and not is_bookkeeping(kwargs.get("update_fields"))
        if is_change and not self._has_passed:
            self.ask_gate()
        super().save(*args, **kwargs)
        if is_change:
            self._has_passed = False
            self.end_explanation()

    def save_revision(self, *args: Any, **kwargs: Any) -> Revision:
        """Save a draft, of which the texts are as clean as those that go live.

        An autosave does not write over a revision that is live or has been handed in.
        """
        clean_texts(self)
        former = kwargs.get("overwrite_revision")
        if former and not may_be_overwritten(self, former):
            kwargs["overwrite_revision"] = None
        return super().save_revision(*args, **kwargs)

    def ask_gate(self) -> None:
        """Raise PublishingRefusedError if the page may not be live as it is in memory.

        The answer holds for the next save: who writes the rows of a page apart from it asks while the page
        still has them.
        """
        clean_texts(self)
        stored = self._stored()
        errors = self._refusals(stored)
        if errors:
            raise PublishingRefusedError(self, errors)
        self.settle_explanation(stored)
        self._has_passed = True

    def refusals(self) -> Errors:
        """Return why the page may not be published as it is in memory: {field or child relation: sentence}.

        Every door asks this. A breach of a rule that what is live has already is no reason.
        """
        return self._refusals(self._stored())

    def _stored(self) -> Any:
        return type(self).objects.filter(pk=self.pk).first() if self.pk else None

    def _refusals(self, stored: Any) -> Errors:
        live = stored if stored is not None and stored.live else None
        errors = new_breaches(self.publishing_errors(), live.publishing_errors if live else dict)
        changed = changed_content(self, live) if live is not None else None
        if changed:
            errors |= self.unexplained(live)
            changed.append("change_note")
        if changed != []:
            errors = {**self.unreasoned(stored, changed), **errors}
        return errors

    def get_view_restrictions(self) -> models.QuerySet[PageViewRestriction]:
        """Return the page's view restrictions; none, without a query, when it is known to be public."""
        if self.is_known_public:
            return PageViewRestriction.objects.none()
        restrictions: models.QuerySet[PageViewRestriction] = super().get_view_restrictions()
        return restrictions

    # Reads

    @property
    def content_key(self) -> str:
        """The key of this page in the counts ('substance:ketamine'), which a new slug does not change."""
        return content_key(self.pk, self.kind, self.slug)

    @property
    def is_starter(self) -> bool:
        """True until a reviewer's role is filled in: the page has not been clinically reviewed."""
        return not self.reviewer_role

    @property
    def is_changed_since_review(self) -> bool:
        """True when the text that is live is not the one that the reviewers have approved."""
        return bool(self.reviewer_role) and self.live_revision_id != self.reviewed_revision

    @property
    def is_overdue(self) -> bool:
        """True when the date of the next review has passed."""
        return self.next_review is not None and self.next_review < clock.today()

    @property
    def numbered_sources(self) -> list[dict[str, Any]]:
        """The sources as dicts, one for each address, numbered from 1, with the sections that cite it."""
        numbered: dict[str, dict[str, Any]] = {}
        for citation in self.citations.all():
            row = numbered.setdefault(
                citation.url,
                {
                    "number": len(numbered) + 1,
                    "title": citation.title,
                    "publisher": citation.publisher,
                    "url": citation.url,
                    "published": citation.published,
                    "accessed": citation.accessed,
                    "sections": [],
                },
            )
            row["sections"].append(citation.section)
        return list(numbered.values())

    def search_text(self) -> str:
        """Return the plain text for full-text search. Every subclass must override this (candour.E003)."""
        return ""

    def search_names(self) -> Iterator[SearchName]:
        """Yield every name by which search finds this page; the title is always one."""
        yield SearchName(self.title, "title")

    # Serving

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["sources"] = self.numbered_sources
        context["breadcrumbs"] = [(above.title, above.url) for above in page_index().above(self.path)]
        return context

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        models.prefetch_related_objects([self], *self.shown_with)
        response: HttpResponseBase = super().serve(request, *args, **kwargs)
        counts = (("page.view", self.content_key, ""),)
        return public(
            response, counts=counts, keeps_query=self.keeps_query(request), scopes=self.shown_scopes
        )

    def keeps_query(self, request: HttpRequest) -> bool:
        """Return whether the answer may be cached under its address with the query.

        False unless a page type accepts few queries: anyone could fill the cache with others.
        """
        return False
