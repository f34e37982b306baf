"""The form for images that every view of the admin uses."""

from __future__ import annotations

from typing import Any

from django.forms import FileField
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from prevention.media.pictures import DAMAGED, check_picture


class PictureField(WagtailImageField):
    """A file field that refuses a picture which is damaged, animated or too large."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.error_messages |= {
            "empty": "This file is empty. Choose the picture again.",
            "invalid_image": DAMAGED,
            "invalid_image_known_format": DAMAGED,
        }

    def to_python(self, data: Any) -> Any:
        """Return the uploaded file with Wagtail's attributes; None when there is none.

        Raises ValidationError when the file is too large, or the picture damaged, animated or too large.
        """
        file = FileField.to_python(self, data)
        if file is None:
            return None
        self.check_image_file_size(file)
        check_picture(file.name or "", file)
        return super().to_python(data)

    def check_image_pixel_size(self, f: Any) -> None:
        """Do nothing: `check_picture` has checked it. Wagtail's check answers 500 for a damaged picture."""


class CandourImageForm(BaseImageForm):
    """Wagtail's form for an image, with our check of the file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The form for the texts of an image that was uploaded before has no such field.
        if "file" in self.fields:
            file = self.fields["file"]
            self.fields["file"] = PictureField(required=file.required, label=file.label, widget=file.widget)
