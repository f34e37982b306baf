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
    """An image. What it shows must be said in words, or that it is decoration."""

    file = BarePictureField("file", upload_to=get_upload_to, width_field="width", height_field="height")
    is_decoration = models.BooleanField(
        "decoration", default=False, help_text="It adds nothing that the text does not say."
    )
    credit = models.CharField(max_length=200, blank=True, help_text="Who made it, and under which licence.")

    admin_form_fields = ("title", "file", "description", "is_decoration", "credit", "collection", "tags")

    def clean(self) -> None:
        """Raises ValidationError when neither a description is given nor the image called decorative."""
        super().clean()
        if not self.is_decoration and not self.description.strip():
            raise ValidationError({"description": "Describe what the picture shows, or tick 'decoration'."})

    def _set_image_file_metadata(self) -> None:
        """Nothing: the field notes the size and hash of what it writes.

        Wagtail's forms call this to note those of what was sent, and leave a file open.
        """

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises ValidationError when the file is new and is damaged, moves or is too large."""
        # Written before the row is, so that the row has the width, height, size and hash of what was written.
        if self.file and not self.file._committed:
            self.file.save(self.file.name, self.file.file, save=False)
        super().save(*args, **kwargs)

    def generate_rendition_file(self, *args: Any, **kwargs: Any) -> File[bytes]:
        """Raises SourceImageIOError, for which pages show a gap, as long as a new file is not stored.

        A form with a mistake in it shows the picture again. Wagtail would resize the file that was sent, with
        all that it tells, and keep that as the picture that is stored.
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
    """The ids of collections that are not for everybody, with all that lies below them."""
    restrictions = CollectionViewRestriction.objects.select_related("collection")
    return {
        collection.pk
        for restriction in restrictions
        for collection in restriction.collection.get_descendants(inclusive=True)
    }


class CandourDocument(AbstractDocument, LoggedModel):  # type: ignore[django-manager-missing]  # as above
    """A file that teachers download. Its content must be what its name says."""

    scope = Scope.SCHOOLS

    admin_form_fields = ("title", "file", "collection", "tags")

    def clean(self) -> None:
        """Raises ValidationError when the content is not of the kind that the file name promises."""
        super().clean()
        if self.file and not self.file._committed:
            check_document(self.file.name, self.file.file)

    def save(self, *args: Any, **kwargs: Any) -> None:
        # Wagtail fills size and hash in its forms only; without the hash every version has the same ETag.
        if self.file and not self.file._committed:
            self._set_document_file_metadata()
        super().save(*args, **kwargs)
