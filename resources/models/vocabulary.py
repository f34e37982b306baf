"""The vocabularies of a pack's tags. Editors maintain key stages and risk groups; the others are fixed."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from wagtail.snippets.models import register_snippet

from prevention.core.models import LoggedModel, LoggedQuerySet
from prevention.core.nations import Nation
from prevention.delivery.content_version import Scope
from prevention.engagement.measures import STAGE


class KeyStage(LoggedModel):
    """A stage of school, with its years and ages.

    Each nation has its own: key stages in England and Northern Ireland, the years P1 to S6 of Curriculum for
    Excellence in Scotland, the progression steps of Curriculum for Wales.
    """

    scope = Scope.SCHOOLS

    slug = models.SlugField(
        unique=True,
        max_length=20,
        validators=[RegexValidator(rf"\A{STAGE.pattern}\Z", "Give a code such as ks3, s1-s3 or ps2.")],
        help_text="The code in addresses, in the API and in the counts, such as ks3, s1-s3 or ps2.",
    )
    name = models.CharField(max_length=40)
    nation = models.CharField(max_length=12, choices=Nation.choices, default=Nation.ENGLAND)
    year_from = models.PositiveSmallIntegerField()
    year_to = models.PositiveSmallIntegerField()
    age_min = models.PositiveSmallIntegerField()
    age_max = models.PositiveSmallIntegerField()

    objects = LoggedQuerySet.as_manager()

    class Meta:
        ordering = ("age_min", "slug")

    def __str__(self) -> str:
        return self.name

    @property
    def change_key(self) -> str:
        """The slug, by which the log of changes names the stage."""
        return self.slug


register_snippet(KeyStage, viewset="resources.viewsets.KeyStageViewSet")


class RiskGroup(LoggedModel):
    """A group of young people at raised risk that a pack may be meant for (from NICE guideline NG64).

    The tag describes a pack, never a pupil. Only pages for teachers show it.
    """

    scope = Scope.SCHOOLS

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=400)
    source = models.CharField(max_length=255)

    objects = LoggedQuerySet.as_manager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def change_key(self) -> str:
        """The slug, by which the log of changes names the group."""
        return self.slug


register_snippet(RiskGroup, viewset="resources.viewsets.RiskGroupViewSet")


class PreventionLevel(models.TextChoices):
    """Levels of prevention, by the people it is for (Institute of Medicine 1994; used by ACMD and NICE)."""

    UNIVERSAL = "universal", "Universal: for everyone"
    SELECTIVE = "selective", "Selective: for groups at raised risk"
    INDICATED = "indicated", "Indicated: for those with first signs"
    ENVIRONMENTAL = "environmental", "Environmental: for the setting"


class Setting(models.TextChoices):
    """The places and occasions in which a pack can be used."""

    CLASSROOM = "classroom", "Classroom"
    FORM_TIME = "form_time", "Form time"
    ASSEMBLY = "assembly", "Assembly"
    SMALL_GROUP = "small_group", "Small group"
    ONE_TO_ONE = "one_to_one", "One to one"
    YOUTH_CLUB = "youth_club", "Youth club"
    HOME = "home", "Home"


class Approach(models.TextChoices):
    """The main method of a pack. A pack of INFORMATION only has a lower highest rating (LessonPackPage)."""

    INTERACTIVE = "interactive", "Interactive"
    SKILLS = "skills", "Skills"
    NORMS = "norms", "Correcting norms"
    INFORMATION = "information", "Information"


class FileKind(models.TextChoices):
    """The kinds of files in a pack."""

    LESSON_PLAN = "lesson_plan", "Lesson plan"
    SLIDE_DECK = "slide_deck", "Slides"
    WORKSHEET = "worksheet", "Worksheet"
    ANSWER_SHEET = "answer_sheet", "Answer sheet"
    GUIDANCE = "guidance", "Teacher guidance"
    PARENT_LETTER = "parent_letter", "Letter to parents"


# {evidence rating of a pack: its meaning}, after the scales of Positive Choices, EIF and EUDA Xchange.
EVIDENCE_LABELS = {
    0: "Evidence of no effect or of harm",
    1: "Not reviewed yet",
    2: "Checked by experts, not tested",
    3: "One study found it worked",
    4: "Two studies, or one strong trial, found it worked",
    5: "Several trials found it worked",
}
