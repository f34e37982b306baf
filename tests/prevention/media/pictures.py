"""Pictures that are made for the tests: with everything that tells of somebody, and broken in every way."""

from __future__ import annotations

import io
import random
import struct
import zlib
from typing import Any

from PIL import Image, ImageCms, PngImagePlugin

CANARY = "zzcanary"
PLACE = (51.0, 30.0, 26.0)
ENDINGS = {"AVIF": "avif", "JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
SIZE = (64, 40)


def scene(size: tuple[int, int] = SIZE) -> Image.Image:
    """Smooth colours that are different in every corner, so that a turn shows."""
    across, down = Image.linear_gradient("L").resize(size), Image.radial_gradient("L").resize(size)
    return Image.merge("RGB", [across, down, across.transpose(Image.Transpose.ROTATE_180)])


def clear_scene() -> Image.Image:
    """The same, whose left half can be seen through."""
    image = scene().convert("RGBA")
    image.putalpha(Image.new("L", SIZE, 255))
    image.paste((0, 0, 0, 0), (0, 0, SIZE[0] // 2, SIZE[1]))
    return image


def written(image: Image.Image, kind: str, **options: Any) -> bytes:
    """The bytes of `image` as a file of this kind."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def read(data: bytes) -> Image.Image:
    """The picture in these bytes, unpacked."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def exif(orientation: int = 1) -> bytes:
    """EXIF with a camera, a place, a remark, and a thumbnail behind it."""
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010F] = f"{CANARY} camera"
    tags.get_ifd(0x8769)[0x9286] = f"{CANARY} remark".encode()
    tags.get_ifd(0x8825).update({1: "N", 2: PLACE, 3: "W", 4: PLACE, 29: "2026:11:24"})
    return tags.tobytes() + f"{CANARY} thumbnail".encode()


def telling(kind: str, image: Image.Image | None = None, *, orientation: int = 1, **options: Any) -> bytes:
    """A picture with everything in it that a file of this kind can tell of its maker."""
    options |= {"exif": exif(orientation)}
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{CANARY} xmp</x:xmpmeta>".encode()
    if kind == "PNG":
        texts = PngImagePlugin.PngInfo()
        texts.add_text("Comment", f"{CANARY} text")
        texts.add_text("Author", f"{CANARY} packed", zip=True)
        texts.add_itxt("XML:com.adobe.xmp", xmp.decode())
        texts.add(b"prVt", f"{CANARY} private chunk".encode())
        options |= {"pnginfo": texts}
    else:
        options |= {"xmp": xmp}
    if kind == "JPEG":
        iptc = b"Photoshop 3.0\x00" + f"8BIM {CANARY} iptc".encode()
        options |= {
            "comment": f"{CANARY} comment",
            "extra": b"\xff\xed" + struct.pack(">H", 2 + len(iptc)) + iptc,
        }
    data = written(image or scene(), kind, **options)
    # RIFF and the boxes of AVIF have a length; behind the end of the others phones hang whole films.
    return data + f"{CANARY} behind the end".encode() if kind in {"JPEG", "PNG"} else data


def swapped_profile() -> bytes:
    """A colour profile in which red is green and green is red."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"????").replace(b"gXYZ", b"rXYZ").replace(b"????", b"gXYZ")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def promising(width: int, height: int) -> bytes:
    """A PNG of some bytes, whose header promises these dimensions."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(b""))
        + _chunk(b"IEND", b"")
    )


def moving(kind: str) -> bytes:
    """A picture of two frames."""
    frames = [Image.new("RGB", SIZE, colour) for colour in ("teal", "navy")]
    return written(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def two_in_one() -> bytes:
    """A JPEG with a second picture behind the first, as phones make them."""
    return written(scene(), "MPO", save_all=True, append_images=[scene()])


# Large files, so that half of one is a good part of the picture. The same noise in every run: other noise
# might spell a word that is looked for.
_dice = random.Random(7)
NOISE = Image.frombytes(
    "L", (200, 200), bytes(min(max(int(_dice.gauss(128, 20)), 0), 255) for _ in range(200 * 200))
)
WHOLE = {kind: written(NOISE.convert("RGB"), kind) for kind in ENDINGS}
# (name, bytes, what the sentence says)
BROKEN = {
    **{
        f"half a {kind}": (f"broken.{ending}", WHOLE[kind][: len(WHOLE[kind]) // 2], "damaged")
        for kind, ending in ENDINGS.items()
    },
    **{
        f"a {kind} with a good start and nothing else": (f"broken.{ending}", WHOLE[kind][:40], "damaged")
        for kind, ending in ENDINGS.items()
    },
    **{
        f"a {kind} with a false start": (f"broken.{ending}", b"\x00" * 16 + WHOLE[kind][16:], "damaged")
        for kind, ending in ENDINGS.items()
    },
    **{
        f"text called {ending}": (f"broken.{ending}", b"Dear editors, here is my picture.", "damaged")
        for ending in ENDINGS.values()
    },
    **{f"nothing called {ending}": (f"broken.{ending}", b"", "empty") for ending in ENDINGS.values()},
    # Of the other kinds, a picture whose end is grey is a whole picture.
    "a PNG with zeros in its middle": (
        "broken.png",
        WHOLE["PNG"][:300] + bytes(len(WHOLE["PNG"]) - 300),
        "damaged",
    ),
    "a PNG called jpg": ("broken.jpg", WHOLE["PNG"], "damaged"),
    "a JPEG called png": ("broken.png", WHOLE["JPEG"], "damaged"),
    "a WebP called avif": ("broken.avif", WHOLE["WEBP"], "damaged"),
    "an AVIF called webp": ("broken.webp", WHOLE["AVIF"], "damaged"),
    "a page called jpg": ("broken.jpg", b"<html><script>alert(1)</script></html>", "damaged"),
    "a drawing called png": ("broken.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "damaged"),
    "a PNG that promises 12,000 x 12,000": ("broken.png", promising(12_000, 12_000), "too large"),
    "a PNG that promises 8,000 x 7,000": ("broken.png", promising(8_000, 7_000), "too large"),
    "a PNG that promises as much as it can": ("broken.png", promising(2**31 - 1, 2**31 - 1), "too large"),
    **{
        f"a moving {kind}": (f"broken.{ENDINGS[kind]}", moving(kind), "moves")
        for kind in ("PNG", "WEBP", "AVIF")
    },
}
