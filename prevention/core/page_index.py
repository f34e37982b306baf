"""An index of the public pages in memory, built once per content version and worker (decision 26).

Wagtail finds a page by walking down the tree, with two queries a level, and again for breadcrumbs and links.
The index answers these without a query. A page that is not in it is left to Wagtail.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Page, Site

from prevention.delivery.content_version import SITE, per_version

STEP = Page.steplen  # characters of a tree path for each level


@dataclass(frozen=True)
class PageEntry:
    """A live page that everybody may read. `path` is its place in Wagtail's tree, `url` its address."""

    pk: int
    path: str
    title: str
    url: str
    model: type[Page]

    @property
    def slug(self) -> str:
        """The last part of its address."""
        return self.url.rstrip("/").rpartition("/")[2]


@dataclass(frozen=True)
class PageIndex:
    """All public pages by address, id and tree path. `one_site` is true when Wagtail has one site only."""

    one_site: bool
    by_url: dict[str, PageEntry]
    by_id: dict[int, PageEntry]
    by_path: dict[str, PageEntry]

    def above(self, path: str) -> list[PageEntry]:
        """Return the public pages above the tree path `path`, the home page first."""
        steps = (path[:length] for length in range(STEP, len(path), STEP))
        return [self.by_path[step] for step in steps if step in self.by_path]


@per_version(SITE)
def page_index() -> PageIndex:
    """Return the index of the default site's public pages; it is empty when there is no default site."""
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    if site is None:
        return PageIndex(False, {}, {}, {})
    root = site.root_page
    pages = Page.objects.live().public().descendant_of(root, inclusive=True)
    found = []
    for pk, path, title, url_path, kind in pages.values_list(
        "pk", "path", "title", "url_path", "content_type_id"
    ):
        model = ContentType.objects.get_for_id(kind).model_class()
        if model is not None and issubclass(model, Page):
            found.append(PageEntry(pk, path, title, "/" + url_path.removeprefix(root.url_path), model))
    return PageIndex(
        Site.objects.count() == 1,
        {entry.url: entry for entry in found},
        {entry.pk: entry for entry in found},
        {entry.path: entry for entry in found},
    )
