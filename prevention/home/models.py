"""The home page and the standard page, which is also every topic page."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.models import Page

from prevention.core.fields import SafeRichTextField, as_html
from prevention.core.models import BasePage
from prevention.core.sanitise import plain_text
from prevention.substances.models import Family, SubstancePage


class StandardPage(BasePage):
    """A page of headed text: a topic such as 'Spiking', or a page about the service."""

    parent_page_types: ClassVar[list[str]] = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = []
    kind = "topic"
    api_detail = "api:topic-detail"

    body = SafeRichTextField(features=["h2", "h3", "bold", "italic", "ul", "ol", "link"])

    content_panels: ClassVar[list[Panel]] = [*BasePage.content_panels, FieldPanel("body")]

    @property
    def body_html(self) -> str:
        return as_html(self.body)

    def search_text(self) -> str:
        return plain_text(self.body)


StandardPage.edit_handler = StandardPage.tabs()


class HomePage(BasePage):
    """The front door: search, urgent help, the families, topics, schools."""

    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = [
        "home.StandardPage",
        "substances.SubstanceIndexPage",
        "resources.ResourceIndexPage",
        "help.HelpPage",
    ]
    max_count = 1
    kind = "home"
    api_detail = ""  # a door to the others, with nothing of its own for a partner

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
        return self.summary

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        substances = list(
            SubstancePage.objects.live().public().order_by("title").prefetch_related("families")
        )
        by_family: dict[int, list[Page]] = {}
        for substance in substances:
            for family in substance.families.all():
                by_family.setdefault(family.pk, []).append(substance)
        context |= {
            "substances": substances,
            "families": [
                {
                    "slug": family.slug,
                    "name": family.name,
                    "description": family.description,
                    "substances": by_family[family.pk],
                }
                for family in Family.objects.all()
                if family.pk in by_family
            ],
            "topics": StandardPage.objects.child_of(self).live().public().in_menu().order_by("path"),
        }
        return context


HomePage.edit_handler = HomePage.tabs()
