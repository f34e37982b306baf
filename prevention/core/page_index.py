"""The index of public pages: address, title and ancestors. Read once per content version and worker.

Wagtail finds a page by walking down the tree, two queries a level; breadcrumbs and links ask again. All of
them ask this table instead, and fall back to Wagtail for what is not in it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Page, Site

from prevention.delivery.content_version import SITE, per_version

STEP = Page.steplen  # characters of a tree path for each level


@dataclass(frozen=True)
class PageEntry:
    """One live page that anybody may read. `path` is its place in Wagtail's tree."""

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
    """All public pages, by address, by id and by tree path. `one_site`: there is no second Wagtail site."""

    one_site: bool
    by_url: dict[str, PageEntry]
    by_id: dict[int, PageEntry]
    by_path: dict[str, PageEntry]

    def above(self, path: str) -> list[PageEntry]:
        """Return the pages above a tree path, the home page first."""
        steps = (path[:length] for length in range(STEP, len(path), STEP))
        return [self.by_path[step] for step in steps if step in self.by_path]


@per_version(SITE)
def page_index() -> PageIndex:
    """Return the public pages of the default site."""
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
