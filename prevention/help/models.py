"""Helplines, the functions that choose them, and the help page."""

from __future__ import annotations

from itertools import groupby
from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.snippets.models import register_snippet

from prevention import clock
from prevention.core.fields import CodesField, LinesField, SafeRichTextField, as_html, lines
from prevention.core.models import BasePage, Fact, FactQuerySet
from prevention.core.nations import Nation
from prevention.core.sanitise import plain_text
from prevention.delivery.content_version import SITE, per_version
from prevention.help.hours import Hours


class HelplineKind(models.TextChoices):
    """What a helpline is for. The value is also the facet under which a click is counted."""

    EMERGENCY = "emergency", "In an emergency"
    CRISIS = "crisis", "When you can not cope"
    DRUGS = "drugs", "About drugs"
    CHILDREN = "children", "For under 19s"
    MEDICAL = "medical", "Medical advice"


class Helpline(Fact):
    """A helpline: a number to ring or text, or a website to chat on."""

    hard = True
    preview_template = "help/helpline_preview.html"
    shown_where = "Also on the cards of search that name it, and where pages offer help."
    quoted_fields: ClassVar[tuple[str, ...]] = ("source_title", "opening")

    code = models.SlugField(unique=True, help_text="Used in addresses and in the counts. Never change it.")
    name = models.CharField(max_length=80)
    what_for = models.CharField(max_length=300)
    phone = models.CharField(max_length=30, blank=True, help_text="As people read it: 0800 1111.")
    text_number = models.CharField(max_length=20, blank=True)
    text_message = models.CharField(
        max_length=40, blank=True, help_text="The word to text, for example SHOUT."
    )
    url = models.URLField("website", max_length=300, blank=True)
    opening = LinesField(
        "opening hours",
        help_text="One to a line, such as 'mon-thu 18:00-02:00', or 'always'. Readers see them in words. "
        "Empty: not known, and readers are told to look at the website.",
    )
    cost = models.CharField(
        max_length=200,
        blank=True,
        help_text="What it costs, and whether it shows on the bill: 'Free, even with no credit.'",
    )
    nations = CodesField(
        options=Nation, max_length=60, help_text="Where it works. None: everywhere in the UK."
    )
    kind = models.CharField(max_length=12, choices=HelplineKind.choices)
    order = models.PositiveSmallIntegerField(default=0)
    source_title = models.CharField(max_length=300)
    source_url = models.URLField(max_length=500)
    verified_on = models.DateField()

    objects = FactQuerySet.as_manager()

    class Meta:
        ordering = ("order", "name")

    def __str__(self) -> str:
        return self.name

    @property
    def change_key(self) -> str:
        return self.code

    @property
    def tel(self) -> str:
        """The number as a telephone dials it, for a tel: link: '08001111'."""
        return self.phone.replace(" ", "")

    @property
    def sms(self) -> str:
        """The number that texts go to, for an sms: link."""
        return self.text_number.replace(" ", "")

    @property
    def hours(self) -> str:
        """The opening hours and what it costs, in words, as people read them."""
        words = Hours.read(lines(self.opening)).in_words()
        if not words and self.url:
            words = "Check the website for today's hours."
        return " ".join(part for part in (words, self.cost) if part)

    @property
    def is_reachable(self) -> bool:
        """Whether there is any way to reach it: a number to ring, one to text, a website."""
        return bool(self.phone or self.text_number or self.url)

    @property
    def nation_set(self) -> set[str]:
        """The codes of the nations that it serves; all four when none is chosen."""
        return set(self.nations.split()) or set(Nation.values)

    @property
    def is_open(self) -> bool | None:
        """Whether it is open now; None when its hours are not known."""
        return Hours.read(lines(self.opening)).is_open(clock.local_now())

    @property
    def open_now(self) -> str:
        """A sentence: 'Open now', or when it opens next; '' when its hours are not known."""
        return Hours.read(lines(self.opening)).says(clock.local_now())

    @property
    def go_url(self) -> str:
        """The address of the counted link to the website; '' when it has no website."""
        return reverse("go", args=[self.code]) if self.url else ""


register_snippet(Helpline, viewset="prevention.help.viewsets.HelplineViewSet")


@per_version(SITE)
def helplines() -> list[Helpline]:
    """Return all live helplines in their order. The list is shared and must not be changed."""
    return list(Helpline.objects.live())


def helplines_for(codes: list[str], nation: str = "") -> list[Helpline]:
    """Return the helplines with these codes that serve `nation`, in the order of `codes`, closed ones last.

    When `nation` is '' (not known), helplines that serve one nation only are left out (decision 37).
    """
    found = {line.code: line for line in helplines()}
    return _serving(nation, [found[code] for code in codes if code in found])


def usual_helplines(nation: str = "") -> list[Helpline]:
    """Return the helplines about drugs and for children that serve `nation`, closed ones last.

    They are shown where nothing is urgent. For '' (nation not known) see `helplines_for`.
    """
    return _serving(
        nation, [line for line in helplines() if line.kind in {HelplineKind.DRUGS, HelplineKind.CHILDREN}]
    )


def _serving(nation: str, rows: list[Helpline]) -> list[Helpline]:
    if nation in Nation.values:
        rows = [line for line in rows if nation in line.nation_set]
    else:
        rows = [line for line in rows if len(line.nation_set) > 1]
    return sorted(rows, key=lambda line: line.is_open is False)


class HelpPage(BasePage):
    """The page "Get help": the steps in an emergency, and every helpline by its kind."""

    parent_page_types: ClassVar[list[str]] = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = []
    max_count = 1
    kind = "help"
    api_detail = ""  # the helplines are in the API at /api/v1/helplines

    emergency_steps = LinesField()
    body = SafeRichTextField(features=["h2", "h3", "bold", "italic", "ul", "ol", "link"], blank=True)

    content_panels: ClassVar[list[Panel]] = [
        *BasePage.content_panels,
        FieldPanel("emergency_steps"),
        FieldPanel("body"),
    ]

    @property
    def emergency_step_list(self) -> list[str]:
        """The steps to take in an emergency, in order."""
        return lines(self.emergency_steps)

    @property
    def body_html(self) -> str:
        """The body as HTML, with live links."""
        return as_html(self.body)

    def search_text(self) -> str:
        return plain_text(f"{self.summary} {self.emergency_steps} {self.body}")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `helplines_by_kind`: [{"heading", "helplines"}] in the order of HelplineKind."""
        context = super().get_context(request, *args, **kwargs)
        order = list(HelplineKind)
        rows = sorted(helplines(), key=lambda row: (order.index(HelplineKind(row.kind)), row.order))
        context["helplines_by_kind"] = [
            {"heading": HelplineKind(kind).label, "helplines": list(group)}
            for kind, group in groupby(rows, key=lambda row: row.kind)
        ]
        return context


HelpPage.edit_handler = HelpPage.tabs()
