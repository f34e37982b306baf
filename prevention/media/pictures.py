"""Checks pictures, and removes all metadata, which may say where and by whom they were taken (decision 39).

Every picture is encoded anew from its pixels. Nothing else of the uploaded file is copied, so that no EXIF,
XMP, IPTC, comment, thumbnail or data after the end of the file can be overlooked.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import PurePosixPath
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image, ImageCms, JpegImagePlugin

# A photo of 8,000 x 6,000 is accepted. In memory a pixel takes 3 or 4 bytes, and there are several copies.
LARGEST_PIXELS = 50_000_000
KINDS = {".avif": "AVIF", ".jpeg": "JPEG", ".jpg": "JPEG", ".png": "PNG", ".webp": "WEBP"}

DAMAGED = (
    "This picture is damaged, or it is not of the kind that its name says. "
    "Open it in a picture editor, save it again and upload that."
)
TOO_LARGE = (
    f"This picture is too large: {LARGEST_PIXELS // 1_000_000} million pixels are the most. "
    "Make it smaller and upload that."
)
MOVING = "This picture moves. Upload one that stands still: readers can not stop a moving one."
OTHER_KIND = f"Pictures that end in {', '.join(sorted(KINDS))} can be uploaded here, and no others."

ORIENTATION = 0x0112  # the EXIF tag, from 1 (upright) to 8
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def size_in_header(file: IO[bytes]) -> tuple[int, int] | tuple[None, None]:
    """Return (width, height) in pixels from the header of a picture; (None, None) when it can not be read."""
    with suppress(Exception):  # as in `_refusing`
        file.seek(0)
        with Image.open(file, formats=sorted(set(KINDS.values()))) as image:
            return image.size
    return None, None


def check_picture(name: str, file: IO[bytes]) -> None:
    """Raise ValidationError unless `file` is an undamaged picture of the kind that the ending of `name` says.

    Animated pictures are refused, and those of more than 50 million pixels by their header. The file is left
    at its start.
    """
    with _refusing(file):
        _loaded(name, file)


def bare_picture(name: str, file: IO[bytes]) -> ContentFile[bytes]:
    """Return a new file of the same kind and name that has only the pixels of `file`, upright and in sRGB.

    A JPEG keeps its quantisation tables. Raises ValidationError as `check_picture` does.
    """
    with _refusing(file):
        kind, image = _loaded(name, file)
        options = QUALITY[kind](image, file)
        picture = _in_srgb(_upright(image))
        # Pillow would write parts of `info` again, such as comments. The transparent colour has to stay.
        picture.info = {key: value for key, value in picture.info.items() if key == "transparency"}
        buffer = io.BytesIO()
        picture.save(buffer, kind, **options)
        return ContentFile(buffer.getvalue(), name=name)


@contextmanager
def _refusing(file: IO[bytes]) -> Iterator[None]:
    """Turn every error of a damaged picture into a ValidationError, and leave the file at its start."""
    try:
        file.seek(0)
        yield
    except ValidationError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValidationError(TOO_LARGE) from error
    except Exception as error:
        # Each decoder raises errors of its own (OSError, SyntaxError, struct.error, KeyError and more), and
        # the editor has to do the same about all of them.
        raise ValidationError(DAMAGED) from error
    finally:
        file.seek(0)


def _loaded(name: str, file: IO[bytes]) -> tuple[str, Image.Image]:
    """Return the kind that the ending of `name` says, and the picture with its pixels decoded."""
    kind = KINDS.get(PurePosixPath(name).suffix.lower())
    if kind is None:
        raise ValidationError(OTHER_KIND)
    image = Image.open(file, formats=[kind])
    if image.width * image.height > LARGEST_PIXELS:
        raise ValidationError(TOO_LARGE)
    # A JPEG is never animated: further pictures in one are thumbnails or depth maps of phones.
    if kind != "JPEG" and getattr(image, "is_animated", False):
        raise ValidationError(MOVING)
    image.load()
    return kind, image


def _upright(image: Image.Image) -> Image.Image:
    turn = None
    with suppress(Exception):  # a picture whose EXIF can not be read is not turned; its pixels are good
        turn = TURNS.get(image.getexif().get(ORIENTATION, 1))
    return image if turn is None else image.transpose(turn)


def _in_srgb(image: Image.Image) -> Image.Image:
    """Return the picture converted to sRGB, which browsers assume when a file has no colour profile.

    A profile is removed because it may name the camera, the screen and the time of a measurement. A broken
    one is ignored, as browsers do.
    """
    with suppress(ImageCms.PyCMSError, OSError):
        if profile := image.info.get("icc_profile"):
            return _converted(image, ImageCms.ImageCmsProfile(io.BytesIO(profile)))
    return image.convert("RGB") if image.mode == "CMYK" else image


def _converted(image: Image.Image, profile: ImageCms.ImageCmsProfile) -> Image.Image:
    # The converter supports neither palettes nor grey with transparency, so the alpha channel is removed
    # before and put back afterwards.
    if image.mode == "P":
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    alpha = image.convert("RGBA").getchannel("A") if image.has_transparency_data else None
    solid = image.convert({"1": "L", "LA": "L", "RGBA": "RGB"}.get(image.mode, image.mode))
    converted = ImageCms.profileToProfile(solid, profile, ImageCms.createProfile("sRGB"), outputMode="RGB")
    if converted is None:
        raise ImageCms.PyCMSError("The conversion gave no picture.")
    converted.info.pop("transparency", None)
    if alpha is not None:
        converted.putalpha(alpha)
    return converted


def _jpeg_quality(image: Image.Image, file: IO[bytes]) -> dict[str, Any]:
    if not isinstance(image, JpegImagePlugin.JpegImageFile):
        raise TypeError("Not a JPEG.")
    return {
        "qtables": image.quantization,
        "subsampling": JpegImagePlugin.get_sampling(image),
        "progressive": "progressive" in image.info,
        "optimize": True,
    }


def _png_quality(image: Image.Image, file: IO[bytes]) -> dict[str, Any]:
    return {}  # PNG is lossless


def _webp_quality(image: Image.Image, file: IO[bytes]) -> dict[str, Any]:
    return {"lossless": _is_lossless_webp(file), "quality": 90, "exact": True}


def _avif_quality(image: Image.Image, file: IO[bytes]) -> dict[str, Any]:
    return {"quality": 90, "subsampling": "4:4:4"}


QUALITY = {"AVIF": _avif_quality, "JPEG": _jpeg_quality, "PNG": _png_quality, "WEBP": _webp_quality}


def _is_lossless_webp(file: IO[bytes]) -> bool:
    """Return whether a WebP file is lossless: its first chunk of pixels is VP8L, not VP8.

    A chunk of the RIFF format is a name of 4 bytes, a length of 4 bytes, and that many bytes.
    """
    file.seek(12)
    while len(header := file.read(8)) == 8:
        if header[:4] in {b"VP8L", b"VP8 "}:
            return header[:4] == b"VP8L"
        length = int.from_bytes(header[4:], "little")
        file.seek(length + length % 2, io.SEEK_CUR)
    return False
