"""Cleans the plain texts of pages, rows and snippets (prevention.core.pasted), at every door.

The forms of the admin clean each text as it is posted; drafts and the gate clean a page in memory; a signal
cleans what code saves. Rich text is cleaned by its own field.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from django.db.models.signals import pre_save
from modelcluster.models import ClusterableModel, get_all_child_relations
from wagtail.admin.forms.models import register_form_field_override
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.fields import RichTextField

from prevention.core.pasted import clean_text

OURS = ("prevention.", "resources.", "search.")


def clean_texts(instance: models.Model) -> None:
    """Clean every plain text of an instance in memory, and of the rows below a page."""
    for field in instance._meta.concrete_fields:
        if isinstance(field, models.CharField | models.TextField) and not isinstance(field, RichTextField):
            text = getattr(instance, field.attname)
            if type(text) is str and (cleaned := clean_text(text)) != text:
                setattr(instance, field.attname, cleaned)
    if isinstance(instance, ClusterableModel):
        for name in instance.__dict__.get("_cluster_related_objects", {}):
            if name in {relation.get_accessor_name() for relation in get_all_child_relations(type(instance))}:
                for row in getattr(instance, name).all():
                    clean_texts(row)


def clean_what_is_saved(
    sender: type[models.Model], instance: models.Model, raw: bool = False, **kwargs: Any
) -> None:
    """Before anything of ours is saved, by a form or by code: clean its plain texts (signal pre_save)."""
    if not raw and sender.__module__.startswith(OURS):
        clean_texts(instance)


class PastedField(forms.CharField):
    """A text in a form, cleaned. Browsers end lines with CR LF; they are stored with LF."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return clean_text(text).replace("\r\n", "\n") if isinstance(text, str) else text


def connect() -> None:
    """Let every form of the admin clean its texts, and every save. CoreConfig.ready calls this once."""
    pre_save.connect(clean_what_is_saved, dispatch_uid="plain-texts")
    register_form_field_override(models.CharField, override={"form_class": PastedField}, exact_class=True)
    register_form_field_override(
        models.TextField,
        override={"form_class": PastedField, "widget": AdminAutoHeightTextInput},
        exact_class=True,
    )
