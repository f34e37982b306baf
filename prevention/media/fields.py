"""The field that holds a picture: whatever is written to the disk goes through it."""

from __future__ import annotations

from typing import IO, cast

from django.core.files import File
from wagtail.images.models import WagtailImageField, WagtailImageFieldFile
from wagtail.utils.file import hash_filelike

from prevention.media.pictures import bare_picture, size_in_header


class BarePictureFile(WagtailImageFieldFile):
    """The file of a picture, of which the pixels are stored and nothing else."""

    def save(self, name: str, content: File[bytes], save: bool = True) -> None:
        """Write the bare picture, and note its width, height, size and hash on the instance.

        Raises ValidationError, and writes nothing, when the picture is damaged, moves or is too large.
        """
        bare = bare_picture(name, cast("IO[bytes]", content))
        super().save(name, bare, save=False)
        self.instance.file_size = bare.size
        self.instance.file_hash = hash_filelike(bare)
        if save:
            self.instance.save()

    def get_image_dimensions(self) -> tuple[int, int] | tuple[None, None]:
        """As the header tells them; (None, None) when it can not be read, which is refused on saving."""
        was_closed = self.closed
        try:
            return size_in_header(self.open())
        finally:
            if was_closed:
                self.close()
            else:
                self.seek(0)


class BarePictureField(WagtailImageField):
    """An image field that keeps the pixels of a picture and nothing else that its file says."""

    attr_class = BarePictureFile
