"""The pages that lead to substances: the A to Z, the families of drugs, and the page on mixing."""

from __future__ import annotations

from itertools import combinations, groupby
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.text import slugify
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.url_routing import RouteResult

from prevention.core.addresses import left_behind
from prevention.core.fields import SafeRichTextField, as_html
from prevention.core.models import BasePage
from prevention.core.page_index import page_index
from prevention.core.sanitise import plain_text
from prevention.delivery.content_version import SITE, per_version
from prevention.substances.models.interactions import Interaction
from prevention.substances.models.names import SubstanceName
from prevention.substances.models.substance import SubstancePage, substance_called
from prevention.substances.models.vocabulary import Family


class SubstanceIndexPage(BasePage):
    """The A to Z: a list of every public substance under every name that may be shown."""

    parent_page_types: ClassVar[list[str]] = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = [
        "substances.SubstancePage",
        "substances.FamilyIndexPage",
        "substances.MixingPage",
    ]
    max_count = 1
    kind = "index"
    api_detail = ""  # a list of the substances: /api/v1/substances is its form in the API

    class Meta:
        verbose_name = "A to Z of substances"

    # Reads

    def entries(self) -> list[dict[str, Any]]:
        """Return [{"name", "slug", "main"}], one for each title and name, sorted by name.

        "main" is the title of the substance if "name" is another name of it, else None.
        """
        pages = SubstancePage.objects.filter(pk__in=page_index().by_id).prefetch_related("names")
        rows: list[dict[str, Any]] = []
        for page in pages:
            rows.append({"name": page.title, "slug": page.slug, "main": None})
            rows += [
                {"name": name.name, "slug": page.slug, "main": short_title(page.title)}
                for name in page.names.all()
                if name.is_public and not is_title(name.name, page.title)
            ]
        return sorted(rows, key=lambda row: (row["name"].lower(), row["main"] or ""))

    def letters(self) -> list[dict[str, Any]]:
        """Return the entries grouped by first letter: [{"letter", "entries"}], A to Z, then '0-9'."""
        rows = self.entries()
        grouped = {
            letter: list(group)
            for letter, group in groupby(
                sorted(rows, key=lambda row: first_letter(row["name"])),
                key=lambda row: first_letter(row["name"]),
            )
        }
        ordered = sorted(grouped, key=lambda letter: (letter == "0-9", letter))
        return [{"letter": letter, "entries": grouped[letter]} for letter in ordered]

    def search_text(self) -> str:
        """Return the summary: the substances are indexed themselves."""
        return self.summary

    # Serving

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Redirect the address of another name (/drugs/xanax/) to the substance that has this name.

        An address that was once that of a page leads where the page went, whatever names there are.
        """
        if len(path_components) == 1 and request.method in {"GET", "HEAD"}:
            address = addresses_by_name().get(path_components[0])
            path = f"{self.get_url()}{path_components[0]}/"
            if address and path not in page_index().by_url and left_behind(path) is None:
                return RouteResult(self, kwargs={"lead_to": address})
        return super().route(request, path_components)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Redirect if `route` has found a substance by another name; else serve the page."""
        if "lead_to" in kwargs:
            return HttpResponseRedirect(kwargs["lead_to"])
        return super().serve(request, *args, **kwargs)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `letters`, the entries by first letter."""
        context = super().get_context(request, *args, **kwargs)
        context["letters"] = self.letters()
        return context


SubstanceIndexPage.edit_handler = SubstanceIndexPage.tabs()


def short_title(title: str) -> str:
    """Return a title without the brackets at its end: 'Alprazolam (Xanax)' -> 'Alprazolam'."""
    return title.partition(" (")[0]


def is_title(name: str, title: str) -> bool:
    """Return whether the name is the title, with or without its brackets, in small or capital letters."""
    return name.lower() in {title.lower(), short_title(title).lower()}


def first_letter(name: str) -> str:
    """Return the heading of a name in the A to Z: its first letter in capitals, or '0-9'."""
    first = name[:1].upper()
    return first if first.isalpha() else "0-9"


@per_version(SITE)
def addresses_by_name() -> dict[str, str]:
    """Return {slug of a name: address of the substance with ?name=}.

    Names that may not be shown, and names of several substances, are left out.
    """
    found: dict[str, set[str]] = {}
    for name in SubstanceName.objects.filter(page__in=page_index().by_id):
        if name.is_public:
            found.setdefault(slugify(name.name), set()).add(
                name.address(page_index().by_id[name.page_id].url)
            )
    return {slug: next(iter(urls)) for slug, urls in found.items() if len(urls) == 1}


class FamilyIndexPage(BasePage):
    """The families of drugs (after the Drugs Wheel) with their substances, and the other group pages."""

    parent_page_types: ClassVar[list[str]] = ["substances.SubstanceIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    max_count = 1
    kind = "families"
    api_detail = ""  # each substance names its families in the API

    body = SafeRichTextField(features=["h2", "h3", "bold", "italic", "ul", "ol", "link"], blank=True)

    content_panels: ClassVar[list[Panel]] = [*BasePage.content_panels, FieldPanel("body")]

    class Meta:
        verbose_name = "families of drugs"

    def search_text(self) -> str:
        """Return the summary and the body as plain text."""
        return plain_text(f"{self.summary} {self.body}")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `families` with their substances, `groups` that are not families, and `body` as HTML."""
        context = super().get_context(request, *args, **kwargs)
        families = families_shown()
        wheel = {family["slug"] for family in families}
        groups = SubstancePage.objects.filter(is_group=True, pk__in=page_index().by_id).order_by("title")
        context |= {
            "families": families,
            "groups": [group for group in groups if group.slug not in wheel],
            "body": as_html(self.body),
        }
        return context


FamilyIndexPage.edit_handler = FamilyIndexPage.tabs()


@per_version(SITE)
def families_shown() -> list[dict[str, Any]]:
    """Return the families that have public substances, in their order.

    Each is {"slug", "name", "description", "url", "substances": [PageEntry]}; "url" is the address of the
    group page with the family's slug, or "" if there is none. Group pages are not among the substances.
    """
    shown = page_index().by_id
    by_family: dict[int, list[Any]] = {}
    through = SubstancePage.families.through.objects.filter(substancepage__is_group=False)
    for page, family in through.order_by("substancepage__title").values_list("substancepage_id", "family_id"):
        if page in shown:
            by_family.setdefault(family, []).append(shown[page])
    pages = {entry.slug: entry.url for entry in shown.values() if entry.model is SubstancePage}
    return [
        {
            "slug": family.slug,
            "name": family.name,
            "description": family.description,
            "url": pages.get(family.slug, ""),
            "substances": by_family[family.pk],
        }
        for family in Family.objects.all()
        if family.pk in by_family
    ]


def _pair(one: SubstancePage, other: SubstancePage) -> dict[str, Any]:
    """Return {"one", "other", "mixture", "via"} for two pages.

    "mixture" is the record on mixing them, or None; "via" is true if the record is about one of their groups.
    """
    mixture = Interaction.objects.between(one.mixing_ids, other.mixing_ids)
    return {"one": one, "other": other, "mixture": mixture, "via": mixture and not mixture.is_exact}


class MixingPage(BasePage):
    """The page on which readers pick two or three drugs and read what is recorded of mixing them."""

    parent_page_types: ClassVar[list[str]] = ["substances.SubstanceIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    max_count = 1
    kind = "mixing"
    api_detail = ""  # the records are in the API at /api/v1/interactions
    most_chosen = 3

    body = SafeRichTextField(features=["h2", "h3", "bold", "italic", "ul", "ol", "link"], blank=True)

    content_panels: ClassVar[list[Panel]] = [*BasePage.content_panels, FieldPanel("body")]

    class Meta:
        verbose_name = "page on mixing"

    # Reads

    def chosen(self, slugs: list[str]) -> list[SubstancePage]:
        """Return the public pages with these slugs, in this order, each once, at most `most_chosen`.

        Slugs that a page had before find it too. Of very many slugs the last ones are not looked at.
        """
        asked = [slug for slug in dict.fromkeys(slugs) if slug][: 2 * self.most_chosen]
        numbers = [number for slug in asked if (number := substance_called(slug)) is not None]
        wanted = list(dict.fromkeys(numbers))[: self.most_chosen]
        pages = SubstancePage.objects.filter(pk__in=wanted).prefetch_related("groups").in_bulk()
        return [pages[number] for number in wanted]

    def search_text(self) -> str:
        """Return the summary and the body as plain text."""
        return plain_text(f"{self.summary} {self.body}")

    # Serving

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what was chosen by ?drug=, the boxes and options of the form, and the records on each pair."""
        context = super().get_context(request, *args, **kwargs)
        chosen = self.chosen(request.GET.getlist("drug"))
        slugs = [page.slug for page in chosen] + [""] * (self.most_chosen - len(chosen))
        context |= {
            "chosen": chosen,
            "asked_twice": len(chosen) == 1
            and len([slug for slug in request.GET.getlist("drug") if slug]) > 1,
            "boxes": list(enumerate(slugs, start=1)),
            "options": SubstancePage.objects.filter(pk__in=page_index().by_id)
            .order_by("title")
            .values_list("slug", "title"),
            "pairs": [_pair(one, other) for one, other in combinations(chosen, 2)],
            "body": as_html(self.body),
        }
        return context


MixingPage.edit_handler = MixingPage.tabs()
