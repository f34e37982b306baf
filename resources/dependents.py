"""Which packs show a key stage, a risk group, a file or a substance, and so change with it."""

from __future__ import annotations

from collections.abc import Iterable

from prevention.core.change_log import shown_on
from prevention.media.models import CandourDocument
from prevention.substances.models import SubstancePage
from resources.models import KeyStage, LessonPackPage, PackFile, RiskGroup


@shown_on(KeyStage)
def packs_of_stage(stage: KeyStage) -> Iterable[int]:
    """Return the ids of the packs that are tagged with a key stage."""
    return LessonPackPage.objects.filter(key_stages=stage.pk).values_list("pk", flat=True)


@shown_on(RiskGroup)
def packs_of_group(group: RiskGroup) -> Iterable[int]:
    """Return the ids of the packs that are tagged with a risk group."""
    return LessonPackPage.objects.filter(risk_groups=group.pk).values_list("pk", flat=True)


@shown_on(CandourDocument)
def packs_with_file(document: CandourDocument) -> Iterable[int]:
    """Return the ids of the packs that contain a file."""
    return PackFile.objects.filter(document=document.pk).values_list("page_id", flat=True)


@shown_on(SubstancePage)
def packs_about(page: SubstancePage) -> Iterable[int]:
    """Return the ids of the packs that are about a substance."""
    return LessonPackPage.objects.filter(topics=page.pk).values_list("pk", flat=True)
