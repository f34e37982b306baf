"""Model fields that several apps use, and functions that read them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.safestring import SafeString, mark_safe
from wagtail.fields import RichTextField

from prevention.core.links import with_live_links
from prevention.core.pasted import clean_text
from prevention.core.sanitise import clean_html, without_block_keys

FEATURES = ["bold", "italic", "ul", "ol", "link"]


class RichTextFormField(forms.CharField):
    """Rich text in a form, cleaned: what `clean_html` refuses is an error of its field.

    It has changed when it says something else, not when it is written otherwise.
    """

    def to_python(self, value: Any) -> Any:
        return clean_html(str(super().to_python(value) or ""))

    def has_changed(self, initial: Any, data: Any) -> bool:
        # What was sent comes from the editor; what is stored may not have been through it yet.
        converter = self.widget.converter
        edited = converter.to_database_format(converter.from_database_format(str(initial or "")))
        return without_block_keys(edited) != without_block_keys(str(data or ""))


class SafeRichTextField(RichTextField):
    """A rich text field that is sanitised when it is saved, and so needs no cleaning when read (decision 16).

    Saving raises ValidationError for a text that `clean_html` refuses.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("features", FEATURES)
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": RichTextFormField, **kwargs})

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        # Kept as what it is, so that a second save of the same text does not clean it again.
        cleaned = clean_html(getattr(model_instance, self.attname) or "")
        setattr(model_instance, self.attname, cleaned)
        return cleaned


class LinesFormField(forms.CharField):
    """A text area for a LinesField. Browsers end lines with CR LF; they are stored with LF."""

    def to_python(self, value: Any) -> Any:
        return "\n".join(clean_text(str(super().to_python(value) or "")).splitlines())


class LinesField(models.TextField):
    """A text field that holds a list, one item to a line; `lines` reads it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("blank", True)
        kwargs.setdefault("help_text", "One to a line.")
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": LinesFormField, **kwargs})


def lines(text: str) -> list[str]:
    """Return the items of a LinesField, without surrounding spaces and empty lines."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def as_html(stored: str) -> SafeString:
    """Return a stored SafeRichTextField as HTML for a page, without the editor's names of paragraphs.

    A link to a page of ours gets its present address; when that page is not public, only its words stay.
    """
    return mark_safe(with_live_links(without_block_keys(stored)))  # noqa: S308  (cleaned when it was stored)


class CodesFormField(forms.MultipleChoiceField):
    """The form field of a CodesField: tick boxes, whose value is the codes joined by spaces."""

    widget = forms.CheckboxSelectMultiple

    def prepare_value(self, value: Any) -> Any:
        return value.split() if isinstance(value, str) else value

    def clean(self, value: Any) -> Any:
        return " ".join(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class CodesField(models.CharField):
    """Several codes of the choices `options`, stored in their order and joined by spaces ("powder pill").

    Validation raises ValidationError for a code that is not among the choices.
    """

    def __init__(self, *args: Any, options: type[models.TextChoices] | None = None, **kwargs: Any) -> None:
        self.options = options
        kwargs.setdefault("max_length", 255)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        order = {str(code): place for place, code in enumerate(self.options.values if self.options else [])}
        codes = str(super().pre_save(model_instance, add)).split()
        ordered = " ".join(sorted(codes, key=lambda code: order.get(code, len(order))))
        setattr(model_instance, self.attname, ordered)
        return ordered

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(value, model_instance)
        known = list(self.options.values) if self.options else []
        unknown = [code for code in value.split() if code not in known]
        if unknown:
            raise ValidationError(f"{', '.join(unknown)}: choose from {', '.join(known)}.")

    def formfield(self, **kwargs: Any) -> Any:
        choices = self.options.choices if self.options else []
        return CodesFormField(
            choices=choices, required=not self.blank, label=self.verbose_name, help_text=self.help_text
        )


def labelled(codes: str, options: type[models.TextChoices]) -> Iterable[tuple[str, str]]:
    """Return (code, label) for each code of a stored CodesField, in the order of `options`.

    Codes that `options` does not have are left out.
    """
    chosen = codes.split()
    return [(str(code), str(label)) for code, label in options.choices if code in chosen]
