"""The lesson pack with its files, and the finder, which lists the packs."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any, ClassVar

from django.core.files import File
from django.core.validators import MaxValueValidator
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, Panel
from wagtail.documents import get_document_model_string
from wagtail.models import Orderable, PageManager
from wagtail.query import PageQuerySet
from wagtail.search import index

from prevention.core.fields import LinesField, SafeRichTextField, as_html, lines
from prevention.core.models import Audience, BasePage
from prevention.core.panels import RowsPanel
from prevention.core.sanitise import plain_text
from prevention.delivery.content_version import SCHOOLS
from prevention.media.models import restricted_collections
from prevention.substances.models import SubstancePage
from resources.models.vocabulary import (
    EVIDENCE_LABELS,
    Approach,
    FileKind,
    KeyStage,
    PreventionLevel,
    RiskGroup,
    Setting,
)


class LessonPackQuerySet(PageQuerySet):
    """Queries on lesson packs."""

    def shown(self) -> LessonPackQuerySet:
        """Return the public packs, sorted by title, with their key stages and risk groups prefetched."""
        packs: LessonPackQuerySet = self.live().public().order_by("title")
        return packs.prefetch_related("key_stages", "risk_groups")

    def tagged(self, *, key_stage: str = "", risk_group: str = "") -> LessonPackQuerySet:
        """Return the packs with this key stage and this risk group, each given by its slug; "" means any.

        Return none for a slug that does not exist, whatever characters it has (NUL included).
        """
        packs = self
        for relation, slug in (("key_stages", key_stage), ("risk_groups", risk_group)):
            if slug:
                packs = packs.filter(**{f"{relation}__slug": slug}) if "\x00" not in slug else packs.none()
        return packs


class LessonPackPage(BasePage):
    """A pack of files for one or more lessons, with everything a teacher needs to choose it."""

    parent_page_types: ClassVar[list[str]] = ["resources.ResourceIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    kind = "pack"
    audience = Audience.TEACHERS
    api_detail = "api:resource-detail"
    shown_scopes = SCHOOLS
    shown_with = ("citations", "key_stages", "risk_groups", "files__document")

    key_stages = ParentalManyToManyField(KeyStage, related_name="packs")
    age_min = models.PositiveSmallIntegerField("youngest age")
    age_max = models.PositiveSmallIntegerField("oldest age")
    prevention_level = models.CharField(max_length=13, choices=PreventionLevel.choices)
    risk_groups = ParentalManyToManyField(RiskGroup, blank=True, related_name="packs")
    topics = ParentalManyToManyField(SubstancePage, blank=True, related_name="+")
    duration_minutes = models.PositiveSmallIntegerField("minutes of one session")
    session_count = models.PositiveSmallIntegerField("sessions", default=1)
    setting = models.CharField(max_length=11, choices=Setting.choices)
    approach = models.CharField(max_length=11, choices=Approach.choices)
    evidence_rating = models.PositiveSmallIntegerField(default=1, validators=[MaxValueValidator(5)])
    licence = models.CharField(max_length=40, default="CC BY 4.0")
    outcomes = LinesField("what pupils can do afterwards")
    curriculum = LinesField("curriculum lines it serves")
    overview = SafeRichTextField()
    teacher_notes = SafeRichTextField(blank=True)
    safeguarding = SafeRichTextField(blank=True)

    objects = PageManager.from_queryset(LessonPackQuerySet)()

    content_panels: ClassVar[list[Panel]] = [
        *BasePage.content_panels,
        FieldPanel("overview"),
        FieldPanel("outcomes"),
        FieldPanel("teacher_notes"),
        FieldPanel("safeguarding"),
    ]
    file_panels: ClassVar[list[Panel]] = [RowsPanel("files", heading="Files", label="File", min_num=1)]
    tag_panels: ClassVar[list[Panel]] = [
        FieldPanel("key_stages"),
        FieldRowPanel([FieldPanel("age_min"), FieldPanel("age_max")]),
        FieldPanel("prevention_level"),
        FieldPanel("risk_groups"),
        FieldPanel("topics"),
        FieldRowPanel([FieldPanel("duration_minutes"), FieldPanel("session_count"), FieldPanel("setting")]),
        FieldRowPanel([FieldPanel("approach"), FieldPanel("evidence_rating"), FieldPanel("licence")]),
        FieldPanel("curriculum"),
    ]
    search_fields: ClassVar[list[index.BaseField]] = [*BasePage.search_fields, index.SearchField("overview")]

    class Meta:
        verbose_name = "lesson pack"

    # Validation

    def missing_for_publishing(self, cited: set[str]) -> dict[str, str]:
        """Return {field: error} for ages in the wrong order, no time, and a rating that is too high.

        A pack that only informs is never rated above 2 ("checked by experts, not tested"), as in the scale
        of Positive Choices (Australia), because information alone does not change behaviour.
        """
        errors = super().missing_for_publishing(cited)
        if not self.duration_minutes:
            errors["duration_minutes"] = "Say how many minutes one session takes."
        if not self.session_count:
            errors["session_count"] = "Say how many sessions it takes: one at least."
        if self.age_min and self.age_max and self.age_min > self.age_max:
            errors["age_max"] = "The oldest age must not be below the youngest."
        if self.approach == Approach.INFORMATION and (self.evidence_rating or 0) > 2:
            errors["evidence_rating"] = (
                "Information alone does not change behaviour: 2 is the most it can have."
            )
        return errors

    # Reads

    @property
    def key_stage_list(self) -> list[KeyStage]:
        """The key stages that the pack is for, the youngest first."""
        return list(self.key_stages.all())

    @property
    def risk_group_list(self) -> list[RiskGroup]:
        """The risk groups that the pack is meant for, by name."""
        return list(self.risk_groups.all())

    @property
    def topic_list(self) -> list[SubstancePage]:
        """The public pages of the substances that the pack is about."""
        return list(self.topics.live().public())

    @property
    def outcome_list(self) -> list[str]:
        """What pupils can do afterwards, one text for each outcome."""
        return lines(self.outcomes)

    @property
    def curriculum_list(self) -> list[str]:
        """The lines of curricula that the pack serves."""
        return lines(self.curriculum)

    @property
    def overview_html(self) -> str:
        """The overview as HTML that is safe to show."""
        return as_html(self.overview)

    @property
    def teacher_notes_html(self) -> str:
        """The notes for teachers as HTML that is safe to show."""
        return as_html(self.teacher_notes)

    @property
    def safeguarding_html(self) -> str:
        """The advice on safeguarding as HTML that is safe to show."""
        return as_html(self.safeguarding)

    @property
    def setting_label(self) -> str:
        """The setting in words, for example "Small group"."""
        return str(self.get_setting_display())

    @property
    def level_label(self) -> str:
        """The prevention level in words, for example "Universal: for everyone"."""
        return str(self.get_prevention_level_display())

    @property
    def evidence_label(self) -> str:
        """The evidence rating in words; an unknown rating counts as not reviewed yet."""
        return EVIDENCE_LABELS.get(self.evidence_rating, EVIDENCE_LABELS[1])

    @property
    def zip_url(self) -> str:
        """The path of the whole pack as one ZIP."""
        return reverse("pack-zip", args=[self.slug])

    def file_rows(self) -> list[PackFile]:
        """Return the files in order, without those in collections that are not public."""
        hidden = restricted_collections()
        return [row for row in self.files.all() if row.document.collection_id not in hidden]

    def downloadable_rows(self) -> list[PackFile]:
        """Return those of `file_rows` that are on the disk, and so can be downloaded now."""
        return [row for row in self.file_rows() if row.is_there]

    def search_text(self) -> str:
        """Return the overview, the notes for teachers and the outcomes as plain text for the text index."""
        parts = [self.overview, self.teacher_notes, *self.outcome_list]
        return plain_text("\n".join(f"<p>{part}</p>" for part in parts if part))

    # Serving

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the files, the ZIP's address and approximate size in bytes, and the substances it is about."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        files = self.file_rows()
        context |= {
            "files": files,
            "zip_url": self.zip_url,
            # Nearly the size of the ZIP, because office files are compressed already. The ZIP is not built
            # only to measure it.
            "zip_size": sum(row.size for row in files if row.is_there),
            "topics": self.topic_list,
        }
        return context


LessonPackPage.edit_handler = LessonPackPage.tabs(
    Files=LessonPackPage.file_panels, Tags=LessonPackPage.tag_panels
)


class PackFile(Orderable):
    """One file of a pack, with its title and kind."""

    page = ParentalKey(LessonPackPage, on_delete=models.CASCADE, related_name="files")
    document = models.ForeignKey(get_document_model_string(), on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=13, choices=FileKind.choices)
    title = models.CharField(max_length=120)

    panels: ClassVar[list[Panel]] = [FieldPanel("title"), FieldPanel("kind"), FieldPanel("document")]

    def __str__(self) -> str:
        return self.title

    @property
    def kind_label(self) -> str:
        """The kind in words, for example "Lesson plan"."""
        return self.get_kind_display()

    @property
    def extension(self) -> str:
        """The file name's extension without the dot, in small letters, for example 'docx'."""
        return PurePosixPath(self.document.file.name).suffix.lstrip(".").lower()

    @property
    def size(self) -> int:
        """The size in bytes when the file was uploaded; 0 if it is unknown."""
        return int(self.document.file_size or 0)

    @property
    def is_there(self) -> bool:
        """Whether the file is on the disk. It may be missing after an incomplete restore of uploads."""
        file = self.document.file
        return bool(file) and file.storage.exists(file.name)

    def opened(self) -> File[bytes] | None:
        """Return the file, open for reading, for the caller to close; None if it can not be opened.

        Check the result even if `is_there` was true: the file may have been removed since.
        """
        file = self.document.file
        try:
            return file.storage.open(file.name, "rb") if file else None
        except OSError:
            return None

    @property
    def url(self) -> str:
        """The path of the download."""
        return reverse("pack-file", args=[self.page.slug, self.pk])


class ResourceIndexPage(BasePage):
    """The finder: the list of packs, filtered by key stage and risk group."""

    parent_page_types: ClassVar[list[str]] = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = ["resources.LessonPackPage"]
    max_count = 1
    kind = "finder"
    shown_scopes = SCHOOLS
    audience = Audience.TEACHERS
    api_detail = ""  # the packs are in the API at /api/v1/resources, with the same filters

    class Meta:
        verbose_name = "lesson pack finder"

    def search_text(self) -> str:
        """Return the summary: the packs are indexed themselves."""
        return self.summary

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the packs for ?key_stage= and ?risk_group=, their number, and the choices of the form."""
        context = super().get_context(request, *args, **kwargs)
        chosen_stage = request.GET.get("key_stage", "")[:50]
        chosen_group = request.GET.get("risk_group", "")[:50]
        packs = list(LessonPackPage.objects.shown().tagged(key_stage=chosen_stage, risk_group=chosen_group))
        context |= {
            "key_stages": KeyStage.objects.all(),
            "risk_groups": RiskGroup.objects.all(),
            "chosen_key_stage": chosen_stage,
            "chosen_risk_group": chosen_group,
            "packs": packs,
            "count": len(packs),
        }
        return context


ResourceIndexPage.edit_handler = ResourceIndexPage.tabs()
