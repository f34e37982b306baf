"""Removes metadata also from uploads that have no description yet: they may stay on the disk without one."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models.signals import pre_save
from django.dispatch import receiver
from wagtail.models import UploadedFile

from prevention.media.models import CandourImage
from prevention.media.pictures import bare_picture


@receiver(pre_save, sender=UploadedFile)
def strip_waiting_picture(instance: UploadedFile, **kwargs: Any) -> None:
    """Replace the new file of an UploadedFile for images by one without metadata, before it is stored.

    Raises ValidationError for a damaged picture, which the form has refused before.
    """
    is_picture = instance.for_content_type == ContentType.objects.get_for_model(CandourImage)
    if is_picture and not instance.file._committed:
        instance.file = bare_picture(instance.file.name, instance.file.file)
