"""The field of a picture, which removes metadata from every file before it is stored (decision 39)."""

from __future__ import annotations

from typing import IO, cast

from django.core.files import File
from wagtail.images.models import WagtailImageField, WagtailImageFieldFile
from wagtail.utils.file import hash_filelike

from prevention.media.pictures import bare_picture, size_in_header


class BarePictureFile(WagtailImageFieldFile):
    """The file of a picture. Only its pixels are stored, no metadata."""

    def save(self, name: str, content: File[bytes], save: bool = True) -> None:
        """Store the picture without metadata, and set width, height, size and hash on the instance.

        Raises ValidationError, and stores nothing, when the picture is damaged, animated or too large.
        """
        bare = bare_picture(name, cast("IO[bytes]", content))
        super().save(name, bare, save=False)
        self.instance.file_size = bare.size
        self.instance.file_hash = hash_filelike(bare)
        if save:
            self.instance.save()

    def get_image_dimensions(self) -> tuple[int, int] | tuple[None, None]:
        """Return (width, height) from the file's header; (None, None) when it can not be read."""
        was_closed = self.closed
        try:
            return size_in_header(self.open())
        finally:
            if was_closed:
                self.close()
            else:
                self.seek(0)


class BarePictureField(WagtailImageField):
    """An image field that stores the pixels of a picture without any metadata."""

    attr_class = BarePictureFile
