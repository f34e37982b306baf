"""The index of page texts, and the phrases that call for urgent help."""

from __future__ import annotations

from django.db import models
from wagtail.models import Page
from wagtail.snippets.models import register_snippet

from prevention.core.fields import LinesField, lines
from prevention.help.models import Helpline


class SearchDocument(models.Model):
    """What full-text search knows of one published page. Made from the page; never edited."""

    page = models.OneToOneField(Page, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, db_index=True)
    slug = models.CharField(max_length=255)
    url = models.CharField(max_length=500)
    title = models.CharField(max_length=255)
    names = models.TextField(blank=True)
    summary = models.TextField(blank=True)
    body = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.title


@register_snippet
class UrgentIntent(models.Model):
    """A card that stands above every result when the words call for it."""

    code = models.SlugField(unique=True)
    heading = models.CharField(max_length=120)
    body = models.TextField(help_text="What to do now, in one to three short sentences.")
    helplines = models.CharField(
        max_length=200, help_text="Codes of helplines, the first one first, with spaces."
    )
    phrases = LinesField(
        help_text="One to a line, as people type them. Whole words in a row; apostrophes are ignored."
    )
    order = models.PositiveSmallIntegerField(default=0, help_text="The lowest is shown when several match.")

    class Meta:
        ordering = ("order", "code")

    def __str__(self) -> str:
        return self.heading

    @property
    def phrase_list(self) -> list[str]:
        return lines(self.phrases)

    def helpline_rows(self) -> list[Helpline]:
        """The helplines of the card, in its order."""
        return Helpline.objects.for_codes(self.helplines.split())
