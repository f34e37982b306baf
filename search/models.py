"""The index of page texts, and what editors maintain for search: intents, their phrases, lists of words."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, MultipleChooserPanel, PageChooserPanel, Panel
from wagtail.models import Orderable, Page
from wagtail.snippets.models import register_snippet

from prevention.core.fields import LinesField, lines
from prevention.core.models import PHRASES_HELP, Audience, Fact, FactQuerySet
from prevention.core.nations import Nation
from prevention.core.page_index import page_index
from prevention.delivery.content_version import Scope
from prevention.help.models import Helpline, helplines_for


class SearchDocument(models.Model):
    """The indexed texts of one published page. Derived from the page (indexing.document_of), never edited."""

    page = models.OneToOneField(Page, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, db_index=True)
    audience = models.CharField(max_length=20, choices=Audience.choices, default=Audience.YOUNG)
    slug = models.CharField(max_length=255)
    url = models.CharField(max_length=500)
    title = models.CharField(max_length=255)
    names = models.TextField(blank=True)
    summary = models.TextField(blank=True)
    body = models.TextField(blank=True)
    stamp = models.CharField(
        max_length=36, blank=True, help_text="The place in the log of changes that it was made at."
    )

    def __str__(self) -> str:
        return self.title


class Intent(Fact):
    """What a question without a name asks for ('how do I stop'): phrases that match it, and a card."""

    scope = Scope.SEARCH
    hard = True
    preview_template = "search/intent_preview.html"
    shown_where = "Above the results of every search that one of its phrases is in."
    quoted_fields: ClassVar[tuple[str, ...]] = ("phrases", "wordings", "wordings_source")

    code = models.SlugField(unique=True, help_text="Used in the API and in the counts. Never change it.")
    heading = models.CharField(max_length=120)
    body = models.TextField(help_text="What to do now, in one to three short sentences.")
    urgent = models.BooleanField(
        default=False, help_text="Shown above everything else, in red. Only for what can not wait."
    )
    page = models.ForeignKey(
        Page,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Where to read on.",
    )
    phrases = LinesField(help_text=PHRASES_HELP)
    order = models.PositiveSmallIntegerField(default=0, help_text="The lowest is shown when several match.")

    wordings = LinesField(
        "known wordings",
        help_text="Questions as people type them, one to a line, that have to bring up this card. Before a "
        "change of what brings it up is saved, you see which of them it catches.",
    )
    wordings_source = models.CharField(
        "where they come from", max_length=255, blank=True, help_text="Who collected them, and when."
    )

    panels: ClassVar[list[Panel]] = [
        FieldPanel("code"),
        FieldPanel("heading"),
        FieldPanel("body"),
        FieldPanel("urgent"),
        PageChooserPanel("page"),
        MultipleChooserPanel(
            "helplines",
            chooser_field_name="helpline",
            heading="Helplines",
            label="Helpline",
            help_text="Those that serve the reader's nation are shown, in this order, closed ones last.",
        ),
        FieldPanel("phrases"),
        FieldPanel("order"),
        FieldPanel("wordings"),
        FieldPanel("wordings_source"),
    ]

    objects = FactQuerySet.as_manager()

    class Meta:
        ordering = ("order", "code")

    def __str__(self) -> str:
        return self.heading

    @property
    def change_key(self) -> str:
        """The code, by which the log of changes names the intent."""
        return self.code

    @property
    def phrase_list(self) -> list[str]:
        """The phrases, one text for each line."""
        return lines(self.phrases)

    def preview_values(self) -> dict[str, Any]:
        """Return {"card": what the answers of search show}."""
        page = page_index().by_id.get(self.page_id or 0)
        url = page.url if page else ""
        helplines = self.helpline_rows()
        return {"card": {"heading": self.heading, "body": self.body, "helplines": helplines, "url": url}}

    @property
    def helpline_names(self) -> str:
        """The names of its helplines, with commas."""
        return ", ".join(str(row) for row in self.helplines.all())

    def helpline_rows(self, nation: str = "") -> list[Helpline]:
        """Return the helplines of the card that serve `nation` ("" if it is unknown), open ones first."""
        return helplines_for([row.helpline.code for row in self.helplines.all()], nation)


class CardHelpline(Orderable, models.Model):
    """A helpline on a card. It can not be deleted while it stands on one."""

    intent = ParentalKey(Intent, on_delete=models.CASCADE, related_name="helplines")
    helpline = models.ForeignKey(Helpline, on_delete=models.PROTECT, related_name="+")

    panels: ClassVar[list[Panel]] = [FieldPanel("helpline")]

    class Meta(Orderable.Meta):
        constraints = (models.UniqueConstraint(fields=("intent", "helpline"), name="unique_line_per_card"),)

    def __str__(self) -> str:
        return str(self.helpline)


register_snippet(Intent, viewset="search.viewsets.IntentViewSet")


class Words(models.TextChoices):
    """The purposes of lists of words. Besides these there is a list of places for each nation."""

    CONTEXT = "context", "Words that show that a sentence is about drugs"
    PLAIN = "plain", "Words that are spelt right and are no drugs, though no dictionary has them"
    CALM = "calm", "Questions that must bring up no urgent card"
    SAME = "same", "Words that mean the same in phrases (each line: the first word, then its like)"


LISTS_OF_WORDS = [*Words.choices, *((nation.value, f"Places in {nation.label}") for nation in Nation)]


class WordList(Fact):
    """A list of words that editors maintain; its code (Words or a Nation) is what search uses it for."""

    scope = Scope.SEARCH
    quoted_fields: ClassVar[tuple[str, ...]] = ("*",)

    code = models.SlugField(unique=True, choices=LISTS_OF_WORDS)
    words = LinesField(help_text="One to a line.")

    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = "list of words"
        verbose_name_plural = "lists of words"

    def __str__(self) -> str:
        return str(self.get_code_display())

    @property
    def change_key(self) -> str:
        """The code, by which the log of changes names the list."""
        return self.code


register_snippet(WordList, viewset="search.viewsets.WordListViewSet")
