"""Where every public page stands: its address, its ancestors. Read once per content stamp and worker.

Wagtail finds a page by walking down the tree, two queries a level; breadcrumbs and links ask again. All of
them ask this table instead, and fall back to Wagtail for what is not in it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Page, Site

from prevention.core.content_version import SITE, per_version

STEP = Page.steplen  # characters of a tree path for each level


@dataclass(frozen=True)
class Place:
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
class Places:
    """All of them, by address, by id and by tree path. `one_site`: no host has pages of its own."""

    one_site: bool
    by_url: dict[str, Place]
    by_id: dict[int, Place]
    by_path: dict[str, Place]

    def above(self, path: str) -> list[Place]:
        """The ancestors of a tree path, the home page first."""
        steps = (path[:length] for length in range(STEP, len(path), STEP))
        return [self.by_path[step] for step in steps if step in self.by_path]


@per_version(SITE)
def places() -> Places:
    """The pages of the default site."""
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    if site is None:
        return Places(False, {}, {}, {})
    root = site.root_page
    pages = Page.objects.live().public().descendant_of(root, inclusive=True)
    found = []
    for pk, path, title, url_path, kind in pages.values_list(
        "pk", "path", "title", "url_path", "content_type_id"
    ):
        model = ContentType.objects.get_for_id(kind).model_class()
        if model is not None and issubclass(model, Page):
            found.append(Place(pk, path, title, "/" + url_path.removeprefix(root.url_path), model))
    return Places(
        Site.objects.count() == 1,
        {place.url: place for place in found},
        {place.pk: place for place in found},
        {place.path: place for place in found},
    )
