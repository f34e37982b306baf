"""The form behind every door for pictures in the admin."""

from __future__ import annotations

from typing import Any

from django.forms import FileField
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from prevention.media.pictures import DAMAGED, check_picture


class PictureField(WagtailImageField):
    """A file field that refuses a picture which is not whole, in a sentence."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.error_messages |= {
            "empty": "This file is empty. Choose the picture again.",
            "invalid_image": DAMAGED,
            "invalid_image_known_format": DAMAGED,
        }

    def to_python(self, data: Any) -> Any:
        """The file with Wagtail's notes on it; None for none.

        Raises ValidationError when the file is too large, or the picture damaged, moving or too large.
        """
        file = FileField.to_python(self, data)
        if file is None:
            return None
        self.check_image_file_size(file)
        check_picture(file.name or "", file)
        return super().to_python(data)

    def check_image_pixel_size(self, f: Any) -> None:
        """Nothing: they are counted already. Wagtail unpacks them for it, and answers 500 if it can not."""


class CandourImageForm(BaseImageForm):
    """Wagtail's form for an image, with our check of the file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The form for words about a picture that has been sent already has no such field.
        if "file" in self.fields:
            file = self.fields["file"]
            self.fields["file"] = PictureField(required=file.required, label=file.label, widget=file.widget)
