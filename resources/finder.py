"""Which packs fit: the one query behind the finder page and the API's list."""

from __future__ import annotations

from django.db.models import QuerySet

from resources.models import LessonPackPage


def find(*, key_stage: str = "", risk_group: str = "") -> QuerySet[LessonPackPage]:
    """Published packs by title, limited to a key stage and a risk group by slug; "" means any.

    A slug that does not exist finds nothing. NUL and other text that no slug can hold finds nothing either.
    """
    packs: QuerySet[LessonPackPage] = LessonPackPage.objects.live().public()
    for relation, slug in (("key_stages", key_stage), ("risk_groups", risk_group)):
        if slug:
            packs = packs.filter(**{f"{relation}__slug": slug}) if "\x00" not in slug else packs.none()
    return packs.order_by("title").prefetch_related("key_stages", "risk_groups")
