"""The image and document models that WAGTAILIMAGES_IMAGE_MODEL and WAGTAILDOCS_DOCUMENT_MODEL name."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import models
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage, AbstractRendition, SourceImageIOError, get_upload_to
from wagtail.models import CollectionViewRestriction

from prevention.core.models import LoggedModel
from prevention.delivery.content_version import Scope
from prevention.media.content import check_document
from prevention.media.fields import BarePictureField


class CandourImage(AbstractImage, LoggedModel):  # type: ignore[django-manager-missing]  # Wagtail has no types
    """An image. It needs a description, or must be marked as decoration."""

    file = BarePictureField("file", upload_to=get_upload_to, width_field="width", height_field="height")
    is_decoration = models.BooleanField(
        "decoration", default=False, help_text="It adds nothing that the text does not say."
    )
    credit = models.CharField(max_length=200, blank=True, help_text="Who made it, and under which licence.")

    admin_form_fields = ("title", "file", "description", "is_decoration", "credit", "collection", "tags")

    def clean(self) -> None:
        """Raise ValidationError when there is no description and the image is not marked as decoration."""
        super().clean()
        if not self.is_decoration and not self.description.strip():
            raise ValidationError({"description": "Describe what the picture shows, or tick 'decoration'."})

    def _set_image_file_metadata(self) -> None:
        """Do nothing: the field sets size and hash of the file that it stores.

        Wagtail's forms call this to set those of the uploaded file, and leave it open.
        """

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the image. Raises ValidationError when a new file is damaged, animated or too large."""
        # The file is stored first, so that the row gets width, height, size and hash of the stored file.
        if self.file and not self.file._committed:
            self.file.save(self.file.name, self.file.file, save=False)
        super().save(*args, **kwargs)

    def generate_rendition_file(self, *args: Any, **kwargs: Any) -> File[bytes]:
        """Return a resized copy. Raises SourceImageIOError while a new file is not stored yet.

        A form with an error shows the picture again. Wagtail would then resize the uploaded file, with its
        metadata, and store the result as a copy of the former picture.
        """
        if not self.file._committed:
            raise SourceImageIOError("The new file is not stored yet. Save the picture first.")
        resized: File[bytes] = super().generate_rendition_file(*args, **kwargs)
        return resized


class CandourRendition(AbstractRendition):
    """A resized copy of an image."""

    image = models.ForeignKey(CandourImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("image", "filter_spec", "focal_point_key"), name="unique_rendition"
            ),
        )


def restricted_collections() -> set[int]:
    """Return the ids of all restricted collections, and of all collections below them."""
    restrictions = CollectionViewRestriction.objects.select_related("collection")
    return {
        collection.pk
        for restriction in restrictions
        for collection in restriction.collection.get_descendants(inclusive=True)
    }


class CandourDocument(AbstractDocument, LoggedModel):  # type: ignore[django-manager-missing]  # as above
    """A file that teachers download. Its content must be of the kind that its name says."""

    scope = Scope.SCHOOLS

    admin_form_fields = ("title", "file", "collection", "tags")

    def clean(self) -> None:
        """Raise ValidationError when a new file's content is not of the kind that its name says."""
        super().clean()
        if self.file and not self.file._committed:
            check_document(self.file.name, self.file.file)

    def save(self, *args: Any, **kwargs: Any) -> None:
        # Wagtail sets size and hash in its forms only; without a hash, all versions would have the same ETag.
        if self.file and not self.file._committed:
            self._set_document_file_metadata()
        super().save(*args, **kwargs)
