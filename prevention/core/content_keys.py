"""How counts name a page: by kind and slug, and by the same slug however often the page is renamed."""

from __future__ import annotations

from prevention.core.models.changes import ContentChange
from prevention.delivery.content_version import SITE, per_version


def content_key(page: int, kind: str, slug: str) -> str:
    """Return the key in the counts of the page with the id `page`, for example 'substance:ketamine'.

    `slug` is its present one. The key has the slug that the page had before it was first renamed or
    withdrawn. A later page with the same slug has its id in the key too, so that nothing is added to the
    counts of the older one (decision 55).
    """
    first_left, held_by = _slugs_left()
    counted = first_left.get(page, slug)
    holder = held_by.get((kind, counted), page)
    return f"{kind}:{counted}" if holder == page else f"{kind}:{counted}-{page}"


@per_version(SITE)
def _slugs_left() -> tuple[dict[int, str], dict[tuple[str, str], int]]:
    """Return {id of a page: the slug that it left first} and {(kind, slug): the page that left it first}."""
    first_left: dict[int, str] = {}
    held_by: dict[tuple[str, str], int] = {}
    left = ContentChange.objects.exclude(old_address="").order_by("pk")
    for page, kind, address in left.values_list("page_pk", "kind", "old_address"):
        slug = address.rstrip("/").rpartition("/")[2]
        if page is not None and slug and page not in first_left:  # the home page has no slug in its address
            first_left[page] = slug
            held_by.setdefault((kind, slug), page)
    return first_left, held_by
