"""Model fields that every app shares."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.safestring import SafeString, mark_safe
from wagtail.fields import RichTextField
from wagtail.rich_text import expand_db_html

from prevention.core.sanitise import clean_html

FEATURES = ["bold", "italic", "ul", "ol", "link"]


class SafeRichTextField(RichTextField):
    """Rich text that is sanitised once, when it is written to the database, and never again when it is read.

    Raises ValidationError on saving what `clean_html` refuses.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("features", FEATURES)
        super().__init__(*args, **kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        cleaned = clean_html(getattr(model_instance, self.attname) or "")
        setattr(model_instance, self.attname, str(cleaned))
        return str(cleaned)


class LinesField(models.TextField):
    """A list of short texts, one to a line, as an editor types them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("blank", True)
        kwargs.setdefault("help_text", "One to a line.")
        super().__init__(*args, **kwargs)


def lines(text: str) -> list[str]:
    """The non-empty lines of a LinesField."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def as_html(stored: str) -> SafeString:
    """A stored SafeRichTextField as HTML for a page: internal links become addresses."""
    return mark_safe(expand_db_html(stored))  # noqa: S308  (cleaned when it was stored)
