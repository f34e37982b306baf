"""Pictures that wait for their words are stripped too: who leaves the form leaves them on the disk."""

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
    """Replace a new file that is to become a picture by the bare picture, before it is written.

    Raises ValidationError when it is no whole picture; the form has refused it by then.
    """
    is_picture = instance.for_content_type == ContentType.objects.get_for_model(CandourImage)
    if is_picture and not instance.file._committed:
        instance.file = bare_picture(instance.file.name, instance.file.file)
