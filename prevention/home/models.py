"""The home page, topic pages and their list, and the page of changes."""

from __future__ import annotations

import datetime
from itertools import groupby
from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest, HttpResponseBase
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, Panel

from prevention import clock
from prevention.core.fields import SafeRichTextField, as_html
from prevention.core.models import Audience, BasePage
from prevention.core.page_index import PageEntry, page_index
from prevention.core.sanitise import plain_text
from prevention.delivery.answers import sent_once
from prevention.editorial.models import Change, is_list_complete
from prevention.substances.models import LegalStatus, SubstancePage
from prevention.substances.models.indexes import families_shown

DAYS_OF_CHANGES = 366


class Theme(models.TextChoices):
    """The headings of the list of topics, in its order. ABOUT is for pages that are not in the list."""

    NOW = "now", "If something is wrong now"
    YOU = "you", "You and your mind and body"
    PEOPLE = "people", "Friends and family"
    FACTS = "facts", "How drugs work"
    SCENES = "scenes", "Out and about"
    LAW = "law", "The law, school and testing"
    HELP = "help", "Cutting down and getting help"
    ABOUT = "about", "About this service"


class StandardPage(BasePage):
    """A page of headed text: a topic such as 'Spiking', or a page about the service."""

    parent_page_types: ClassVar[list[str]] = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = []
    kind = "topic"
    api_detail = "api:topic-detail"
    shown_with = ("citations", "related")

    theme = models.CharField(max_length=8, choices=Theme.choices, default=Theme.ABOUT)
    audience = models.CharField(
        "whom it is for", max_length=20, choices=Audience.choices, default=Audience.YOUNG
    )
    body = SafeRichTextField(features=["h2", "h3", "bold", "italic", "ul", "ol", "link"])
    related = ParentalManyToManyField(
        SubstancePage, blank=True, related_name="+", help_text="Drugs to read about next."
    )

    content_panels: ClassVar[list[Panel]] = [
        *BasePage.content_panels,
        FieldPanel("theme"),
        FieldPanel("audience"),
        FieldPanel("body"),
        FieldPanel("related"),
    ]

    @property
    def body_html(self) -> str:
        """The body as HTML that is safe to show."""
        return as_html(self.body)

    def related_shown(self) -> list[PageEntry]:
        """Return the related substances that are public."""
        return [page_index().by_id[page.pk] for page in self.related.all() if page.pk in page_index().by_id]

    def search_text(self) -> str:
        """Return the body as plain text."""
        return plain_text(self.body)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `related`, the public substances to read about next."""
        context = super().get_context(request, *args, **kwargs)
        context["related"] = self.related_shown()
        return context


StandardPage.edit_handler = StandardPage.tabs()


def topics_by_theme() -> list[dict[str, Any]]:
    """Return the public topic pages by theme: [{"theme", "heading", "topics": [StandardPage]}]."""
    order = list(Theme)
    pages = StandardPage.objects.filter(pk__in=page_index().by_id).exclude(theme=Theme.ABOUT)
    rows = sorted(pages, key=lambda page: (order.index(Theme(page.theme)), page.path))
    return [
        {"theme": theme, "heading": Theme(theme).label, "topics": list(topics)}
        for theme, topics in groupby(rows, key=lambda page: page.theme)
    ]


class TopicIndexPage(BasePage):
    """The list of topics, by theme."""

    parent_page_types: ClassVar[list[str]] = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = []
    max_count = 1
    kind = "topics"
    api_detail = ""  # a list of the topics: /api/v1/topics is its form in the API

    class Meta:
        verbose_name = "list of topics"

    def search_text(self) -> str:
        """Return the summary: the topics are indexed themselves."""
        return self.summary

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `themes`, the topics by theme."""
        context = super().get_context(request, *args, **kwargs)
        context["themes"] = topics_by_theme()
        return context


TopicIndexPage.edit_handler = TopicIndexPage.tabs()


class ChangesPage(BasePage):
    """The page of changes: new pages and corrections of the last year, and changes of the law."""

    parent_page_types: ClassVar[list[str]] = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = []
    max_count = 1
    kind = "changes"
    api_detail = ""  # changes are not in the API yet

    class Meta:
        verbose_name = "what has changed"

    # Reads

    def days(self) -> list[dict[str, Any]]:
        """Return [{"day", "changed": [Change], "new": [Change]}], the newest day first."""
        rows = Change.objects.public().since(clock.today() - datetime.timedelta(days=DAYS_OF_CHANGES))
        found = []
        for day, changes in groupby(rows, key=lambda change: change.day):
            listed = list(changes)
            found.append(
                {
                    "day": day,
                    "changed": [change for change in listed if not change.is_first],
                    "new": [change for change in listed if change.is_first],
                }
            )
        return found

    def law_changes(self) -> dict[str, list[LegalStatus]]:
        """Return {"coming", "recent"}, lists of verified legal statuses of public pages.

        "coming" begin after today, the next one first; "recent" began in the last three years, latest first.
        """
        today = clock.today()
        rows = LegalStatus.objects.filter(
            verified_on__isnull=False,
            effective_from__gte=today - datetime.timedelta(days=3 * DAYS_OF_CHANGES),
            page__in=page_index().by_id,
        ).order_by("-effective_from", "page__title")
        found: dict[str, list[LegalStatus]] = {"coming": [], "recent": []}
        for row in rows.select_related("page"):
            found["coming" if row.effective_from and row.effective_from > today else "recent"].append(row)
        found["coming"].reverse()
        return found

    def search_text(self) -> str:
        """Return the summary: the list changes too often to be indexed."""
        return self.summary

    # Serving

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `days` of changes and `law`, the changes of the law."""
        context = super().get_context(request, *args, **kwargs)
        context |= {"days": self.days(), "law": self.law_changes()}
        return context

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # Read before the list is. If the page cache kept an incomplete list, the last change would be missing
        # until the next one.
        """Serve the page; let the page cache keep it only when the list of changes is complete."""
        is_complete = is_list_complete()
        response = super().serve(request, *args, **kwargs)
        return response if is_complete else sent_once(response)


ChangesPage.edit_handler = ChangesPage.tabs()


class HomePage(BasePage):
    """The home page: search, urgent help, the families of drugs, topics, schools."""

    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = [
        "home.StandardPage",
        "home.TopicIndexPage",
        "home.ChangesPage",
        "substances.SubstanceIndexPage",
        "resources.ResourceIndexPage",
        "help.HelpPage",
    ]
    max_count = 1
    kind = "home"
    api_detail = ""  # it only leads to other pages, and has nothing for partners

    hero_heading = models.CharField(max_length=80)
    hero_text = models.CharField(max_length=240)

    content_panels: ClassVar[list[Panel]] = [
        *BasePage.content_panels,
        FieldPanel("hero_heading"),
        FieldPanel("hero_text"),
    ]

    class Meta:
        verbose_name = "home page"

    def search_text(self) -> str:
        """Return the summary: everything else on it is on other pages."""
        return self.summary

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `families`, `asked` and `topics` (those shown in menus), and `substance_count`."""
        context = super().get_context(request, *args, **kwargs)
        public = page_index().by_id
        context |= {
            "families": families_shown(),
            "asked": SubstancePage.objects.filter(pk__in=public, show_in_menus=True).order_by("title"),
            "substance_count": sum(entry.model is SubstancePage for entry in public.values()),
            "topics": StandardPage.objects.filter(pk__in=public, show_in_menus=True).order_by("path"),
        }
        return context


HomePage.edit_handler = HomePage.tabs()
