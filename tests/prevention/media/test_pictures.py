"""A picture is whole or refused; of a whole one the pixels are kept, and nothing that tells of its maker."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest
from django.conf import settings as conf
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image, ImageChops, ImageOps, ImageStat, JpegImagePlugin
from wagtail.utils.file import hash_filelike

from prevention.media.models import CandourImage
from prevention.media.pictures import LARGEST_PIXELS, bare_picture, check_picture, size_in_header
from tests.prevention.media.pictures import (
    BROKEN,
    CANARY,
    ENDINGS,
    NOISE,
    SIZE,
    clear_scene,
    promising,
    read,
    scene,
    swapped_profile,
    telling,
    two_in_one,
    written,
)

# Wagtail leaves the temporary file of a new rendition for Python to close.
WAGTAIL_LEAVES_OPEN = "ignore:Unclosed file <tempfile:ResourceWarning"


def bare(kind: str, data: bytes) -> bytes:
    """The bytes that are kept of a picture."""
    return bare_picture(f"picture.{ENDINGS[kind]}", io.BytesIO(data)).read()


def difference(one: Image.Image, other: Image.Image) -> float:
    """How far apart two pictures are: the mean over pixels and colours, from 0 to 255."""
    assert one.size == other.size
    means = ImageStat.Stat(ImageChops.difference(one.convert("RGBA"), other.convert("RGBA"))).mean
    return max(means)


def tells_nothing(data: bytes) -> bool:
    """Whether nothing but pixels is in a file."""
    image = read(data)
    told = {"exif", "xmp", "XML:com.adobe.xmp", "comment", "photoshop", "icc_profile"} & set(image.info)
    names = (
        b"Exif",
        b"eXIf",
        b"EXIF",
        b"XMP ",
        b"xmpmeta",
        b"Photoshop",
        b"ICC_PROFILE",
        b"iCCP",
        b"tEXt",
        b"zTXt",
        b"iTXt",
    )
    return not (
        told or dict(image.getexif()) or CANARY.encode() in data or any(name in data for name in names)
    )


# What is refused


@pytest.mark.parametrize(("name", "data", "words"), BROKEN.values(), ids=BROKEN)
def test_what_is_no_whole_picture_is_refused_in_a_sentence(name: str, data: bytes, words: str) -> None:
    file = io.BytesIO(data)
    for refuse in (check_picture, bare_picture):
        with pytest.raises(ValidationError) as refused:
            refuse(name, file)
        (sentence,) = refused.value.messages
        assert (words if data else "damaged") in sentence
        assert sentence.endswith(".")
        assert file.tell() == 0, "the file is left at its start"


@pytest.mark.parametrize("name", ["picture.gif", "picture.svg", "picture", "picture.jpg.html"])
def test_other_kinds_are_refused(name: str) -> None:
    with pytest.raises(ValidationError, match=r"Pictures that end in \.avif, \.jpeg, \.jpg, \.png, \.webp"):
        check_picture(name, io.BytesIO(written(scene(), "PNG")))


def test_enormous_dimensions_are_refused_before_a_pixel_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image.Image, "load", lambda image: pytest.fail("the bomb was opened"))
    data = promising(12_000, 12_000)
    assert len(data) < 100
    with pytest.raises(ValidationError, match="50 million pixels"):
        check_picture("picture.png", io.BytesIO(data))


def test_the_limit_is_of_pixels_not_of_sides() -> None:
    assert LARGEST_PIXELS == 50_000_000
    wide = Image.new("1", (50_000, 1_000))
    check_picture("picture.png", io.BytesIO(written(wide, "PNG")))
    with pytest.raises(ValidationError, match="too large"):
        check_picture("picture.png", io.BytesIO(written(Image.new("1", (50_000, 1_001)), "PNG")))


@pytest.mark.parametrize("kind", ENDINGS)
def test_a_damaged_picture_ends_in_yes_or_no(kind: str) -> None:
    chance = random.Random(4)
    whole = telling(kind, icc_profile=swapped_profile())
    name = f"picture.{ENDINGS[kind]}"
    taken = 0
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        file = io.BytesIO(data[: chance.choice([len(data), chance.randrange(len(data))])])
        assert len(size_in_header(file)) == 2
        try:
            check_picture(name, file)
        except ValidationError:
            continue
        taken += 1
        assert CANARY.encode() not in bare_picture(name, file).read(), "what is taken can be cleaned"
    assert taken, "some damage does not show"


# What is kept


@pytest.mark.parametrize("kind", ENDINGS)
def test_nothing_but_pixels_is_kept(kind: str) -> None:
    data = telling(kind, icc_profile=swapped_profile())
    assert CANARY.encode() in data
    assert read(data).getexif().get_ifd(0x8825)
    assert tells_nothing(bare(kind, data))


@pytest.mark.parametrize("kind", ENDINGS)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_before_its_orientation_is_forgotten(kind: str, orientation: int) -> None:
    data = telling(kind, orientation=orientation)
    kept = read(bare(kind, data))
    upright = ImageOps.exif_transpose(read(data))
    assert kept.size == ((SIZE[1], SIZE[0]) if orientation >= 5 else SIZE)
    assert difference(kept, upright) < 4
    assert difference(kept, upright.transpose(Image.Transpose.ROTATE_180)) > 20


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_exif_that_can_not_be_read_turns_nothing() -> None:
    data = written(scene(), "JPEG", exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xff")
    assert read(bare("JPEG", data)).size == SIZE


@pytest.mark.parametrize(
    "options", [{"quality": 60}, {"quality": 95, "subsampling": 0}, {"progressive": True}]
)
def test_a_jpeg_keeps_its_quality(options: dict[str, int]) -> None:
    data = telling("JPEG", NOISE.convert("RGB"), **options)
    before, after = read(data), read(bare("JPEG", data))
    assert isinstance(before, JpegImagePlugin.JpegImageFile)
    assert isinstance(after, JpegImagePlugin.JpegImageFile)
    assert after.quantization == before.quantization
    assert JpegImagePlugin.get_sampling(after) == JpegImagePlugin.get_sampling(before)
    assert after.info.get("progressive") == before.info.get("progressive")
    assert difference(before, after) < 0.2


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_png_keeps_every_pixel(mode: str) -> None:
    image = Image.new("I;16", SIZE, 40_000) if mode == "I;16" else clear_scene().convert(mode)
    data = telling("PNG", image)
    before, after = read(data), read(bare("PNG", data))
    assert (after.mode, after.size) == (before.mode, before.size)
    assert after.tobytes() == before.tobytes()


@pytest.mark.parametrize(("mode", "clear"), [("P", 3), ("L", 7), ("RGB", (1, 2, 3))])
def test_a_png_keeps_the_colour_that_is_clear(mode: str, clear: int | tuple[int, ...]) -> None:
    image = Image.new(mode, SIZE, clear)
    if mode == "P":
        image.putpalette([9, 9, 9] * 8)
    data = telling("PNG", image, transparency=clear)
    for picture in (read(data), read(bare("PNG", data))):
        assert picture.mode == mode
        assert picture.convert("RGBA").getchannel("A").getextrema() == (0, 0)


def test_a_lossless_webp_stays_lossless() -> None:
    data = telling("WEBP", clear_scene(), lossless=True, exact=True)
    kept = bare("WEBP", data)
    assert read(kept).tobytes() == read(data).tobytes()
    assert b"VP8L" in kept
    assert b"VP8L" not in bare("WEBP", telling("WEBP"))


@pytest.mark.parametrize("kind", ["AVIF", "PNG", "WEBP"])
def test_what_can_be_seen_through_stays_so(kind: str) -> None:
    data = telling(kind, clear_scene())
    before, after = read(data), read(bare(kind, data))
    assert after.mode == "RGBA"
    assert after.getchannel("A").tobytes() == before.getchannel("A").tobytes()
    assert difference(before, after) < 4


def test_a_jpeg_with_two_pictures_is_the_first_of_them() -> None:
    data = two_in_one()
    assert getattr(read(data), "n_frames", 1) == 2
    kept = read(bare("JPEG", data))
    assert getattr(kept, "n_frames", 1) == 1
    assert difference(kept, scene()) < 4


# Colours


@pytest.mark.parametrize("kind", ENDINGS)
def test_colours_are_those_that_the_profile_means(kind: str) -> None:
    data = written(Image.new("RGB", SIZE, (200, 40, 40)), kind, icc_profile=swapped_profile())
    red, green, blue = read(bare(kind, data)).convert("RGB").getpixel((5, 5))  # type: ignore[misc]
    assert green > 150 > 90 > red
    assert blue < 90


@pytest.mark.parametrize("mode", ["RGBA", "P"])
def test_colours_are_changed_beside_what_can_be_seen_through(mode: str) -> None:
    image = Image.new("RGBA", SIZE, (200, 40, 40, 255))
    image.paste((0, 0, 0, 0), (0, 0, 10, 10))
    kept = read(bare("PNG", written(image.convert(mode), "PNG", icc_profile=swapped_profile())))
    assert kept.mode == "RGBA"
    assert kept.getchannel("A").getpixel((5, 5)) == 0
    red, green, _, alpha = kept.getpixel((30, 30))  # type: ignore[misc]
    assert (green > red, alpha) == (True, 255)


@pytest.mark.parametrize("profile", [b"no profile", swapped_profile()[:200]])
def test_a_broken_profile_is_passed_over(profile: bytes) -> None:
    data = written(scene(), "PNG", icc_profile=profile)
    assert read(bare("PNG", data)).tobytes() == scene().tobytes()


def test_a_profile_for_other_colours_is_passed_over() -> None:
    data = written(scene().convert("L"), "PNG", icc_profile=swapped_profile())
    assert read(bare("PNG", data)).tobytes() == scene().convert("L").tobytes()


def test_the_colours_of_printing_become_those_of_screens() -> None:
    data = written(scene().convert("CMYK"), "JPEG")
    kept = read(bare("JPEG", data))
    assert kept.mode == "RGB"
    assert difference(kept, scene()) < 4


# The model, which every door ends in


def stored_bytes(image: CandourImage) -> bytes:
    return Path(image.file.path).read_bytes()


def files() -> set[Path]:
    """Everything on the disk."""
    return set(Path(conf.MEDIA_ROOT).rglob("*"))


def made(data: bytes, name: str = "photo.jpg") -> CandourImage:
    return CandourImage(title="Photo", file=ContentFile(data, name=name), description="A photo.")


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "data", "words"), BROKEN.values(), ids=BROKEN)
def test_saving_in_code_refuses_it_too(name: str, data: bytes, words: str) -> None:
    before = files()
    image = made(data, name)
    with pytest.raises(ValidationError):
        image.save()
    with pytest.raises(ValidationError):
        image.file.save(name, ContentFile(data))
    assert not CandourImage.objects.exists()
    assert files() == before


@pytest.mark.django_db
@pytest.mark.filterwarnings(WAGTAIL_LEAVES_OPEN)
@pytest.mark.parametrize("kind", ENDINGS)
def test_what_is_stored_and_what_is_made_of_it_tells_nothing(kind: str) -> None:
    image = made(telling(kind, orientation=6), f"photo.{ENDINGS[kind]}")
    image.save()
    assert tells_nothing(stored_bytes(image))
    for spec in ("original", "width-20", "max-20x20|format-jpeg", "max-20x20|format-png"):
        with image.get_rendition(spec).file.open() as file:
            assert tells_nothing(file.read())


@pytest.mark.django_db
def test_a_stored_picture_has_the_size_and_the_hash_of_what_is_stored() -> None:
    image = made(telling("JPEG", orientation=6))
    image.save()
    again = CandourImage.objects.get()
    data = stored_bytes(again)
    assert (again.width, again.height) == (SIZE[1], SIZE[0]) == read(data).size
    assert again.file_size == len(data)
    assert again.file_hash == hash_filelike(io.BytesIO(data))


@pytest.mark.django_db
def test_a_stored_picture_is_not_written_again() -> None:
    image = made(telling("JPEG"))
    image.save()
    before, name = stored_bytes(image), image.file.name
    again = CandourImage.objects.get()
    again.title = "Renamed"
    again.save()
    assert (again.file.name, stored_bytes(again)) == (name, before)


@pytest.mark.django_db
@pytest.mark.parametrize("through_the_field", [True, False])
def test_a_new_file_for_an_old_picture_is_stripped_too(through_the_field: bool) -> None:
    image = made(telling("JPEG"))
    image.save()
    old = image.file_hash
    data = ContentFile(telling("PNG", clear_scene(), orientation=6), name="other.png")
    if through_the_field:
        image.file.save("other.png", data)
    else:
        image.file = data  # type: ignore[assignment]  # a descriptor, which Wagtail ships without types
        image.save()
    again = CandourImage.objects.get()
    assert again.file.name.endswith(".png")
    assert tells_nothing(stored_bytes(again))
    assert (again.width, again.height) == (SIZE[1], SIZE[0])
    assert again.file_size == len(stored_bytes(again))
    assert again.file_hash == hash_filelike(io.BytesIO(stored_bytes(again))) != old


@pytest.mark.django_db
def test_the_same_photo_twice_is_known_as_the_same() -> None:
    first, second = made(telling("JPEG")), made(telling("JPEG"), "again.jpg")
    first.save()
    second.save()
    assert first.file_hash == second.file_hash
