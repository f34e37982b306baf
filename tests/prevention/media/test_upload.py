"""Uploading through the admin: what is wrong is refused with a sentence, and nothing of it is kept."""

from __future__ import annotations

import io
import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from wagtail.models import UploadedFile
from wagtail.utils.file import hash_filelike

from prevention.home.starter_loader import STARTER
from prevention.media.models import CandourDocument, CandourImage
from prevention.users.models import User
from tests.prevention.media.pictures import BROKEN, ENDINGS, SIZE, scene, telling, written
from tests.prevention.media.test_pictures import WAGTAIL_LEAVES_OPEN, files, stored_bytes, tells_nothing

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings(WAGTAIL_LEAVES_OPEN)]
REAL = next((STARTER / "packs/files").glob("*.docx"))
HTML = b"<html><script>alert(1)</script></html>"


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("robin", "robin@candour.example", None))
    return client


def upload(admin: Client, name: str, data: bytes) -> Any:
    return admin.post(
        reverse("wagtaildocs:add"), {"title": "A new plan", "file": SimpleUploadedFile(name, data)}
    )


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (20, 20), "teal").save(buffer, "PNG")
    return buffer.getvalue()


def test_a_real_document_is_taken(admin: Client) -> None:
    assert upload(admin, REAL.name, REAL.read_bytes()).status_code == 302
    document = CandourDocument.objects.get(title="A new plan")
    assert document.file_size == REAL.stat().st_size
    assert document.file_hash


def test_a_page_that_calls_itself_a_document_is_refused_with_a_sentence(admin: Client) -> None:
    response = upload(admin, "plan.docx", HTML)
    assert response.status_code == 200
    assert "This is not a docx file, although its name says so." in response.content.decode()
    assert not CandourDocument.objects.filter(title="A new plan").exists()


@pytest.mark.parametrize("name", ["plan.html", "plan.svg", "plan.exe", "plan"])
def test_an_ending_that_is_not_allowed_is_refused(admin: Client, name: str) -> None:
    assert upload(admin, name, HTML).status_code == 200
    assert not CandourDocument.objects.filter(title="A new plan").exists()


def test_several_at_once_are_checked_too(admin: Client) -> None:
    response = admin.post(
        reverse("wagtaildocs:add_multiple"),
        {"title": "A new plan", "files[]": SimpleUploadedFile("plan.docx", HTML)},
        headers={"X-Requested-With": "XMLHttpRequest"},
    )
    answer = json.loads(response.content)
    assert answer["success"] is False
    assert "not a docx file" in answer["error_message"]
    assert not CandourDocument.objects.filter(title="A new plan").exists()


def test_a_new_file_for_an_old_document_is_checked_too(admin: Client) -> None:
    document = CandourDocument.objects.first()
    assert document is not None
    response = admin.post(
        reverse("wagtaildocs:edit", args=[document.pk]),
        {"title": document.title, "file": SimpleUploadedFile("plan.docx", HTML)},
    )
    assert "This is not a docx file" in response.content.decode()
    assert CandourDocument.objects.get(pk=document.pk).file_hash == document.file_hash


@pytest.mark.parametrize(
    ("fields", "taken"),
    [({}, False), ({"description": "A teal square."}, True), ({"is_decoration": "on"}, True)],
)
def test_a_picture_needs_words_or_is_decoration(admin: Client, fields: dict[str, str], taken: bool) -> None:
    file = SimpleUploadedFile("square.png", picture())
    response = admin.post(reverse("wagtailimages:add"), {"title": "Square", "file": file, **fields})
    assert CandourImage.objects.filter(title="Square").exists() is taken
    if not taken:
        assert "Describe what the picture shows" in response.content.decode()


@pytest.mark.parametrize("name", ["square.png", "square.svg", "square.gif"])
def test_what_is_not_a_picture_is_refused(admin: Client, name: str) -> None:
    file = SimpleUploadedFile(name, HTML)
    response = admin.post(
        reverse("wagtailimages:add"), {"title": "Square", "file": file, "description": "A square."}
    )
    assert response.status_code == 200
    assert not CandourImage.objects.exists()


# The doors for pictures: each takes a file and a description, and gives what an editor is told


def one(admin: Client, name: str, data: bytes) -> str:
    """The form for one picture."""
    response = admin.post(
        reverse("wagtailimages:add"),
        {"title": "Photo", "file": SimpleUploadedFile(name, data), "description": "A photo."},
    )
    return answered(response)


def several(admin: Client, name: str, data: bytes) -> str:
    """The form for several: the file first, and then, when it was taken, its words."""
    response = admin.post(
        reverse("wagtailimages:add_multiple"),
        {"title": "Photo", "files[]": SimpleUploadedFile(name, data)},
        headers={"X-Requested-With": "XMLHttpRequest"},
    )
    told = json.loads(answered(response))
    if not told["success"]:
        return str(told["error_message"])
    waiting = told["uploaded_file_id"]
    response = admin.post(
        reverse("wagtailimages:create_multiple_from_uploaded_image", args=[waiting]),
        {f"uploaded-image-{waiting}-{field}": "Photo" for field in ("title", "description")},
        headers={"X-Requested-With": "XMLHttpRequest"},
    )
    return answered(response)


def chosen(admin: Client, name: str, data: bytes) -> str:
    """The tab for uploading in the chooser of a page."""
    fields = {"title": "Photo", "file": SimpleUploadedFile(name, data), "description": "A photo."}
    response = admin.post(
        reverse("wagtailimages_chooser:create"),
        {f"image-chooser-upload-{field}": value for field, value in fields.items()},
    )
    return answered(response)


def replaced(admin: Client, name: str, data: bytes) -> str:
    """The form for a picture that is there, with a new file."""
    image = CandourImage.objects.first() or old_picture()
    response = admin.post(
        reverse("wagtailimages:edit", args=[image.pk]),
        {"title": "Photo", "file": SimpleUploadedFile(name, data), "description": "A photo."},
    )
    return answered(response)


def answered(response: Any) -> str:
    assert response.status_code in {200, 302}
    return str(response.content.decode())


def old_picture() -> CandourImage:
    image = CandourImage(
        title="Old", file=SimpleUploadedFile("old.png", written(scene(), "PNG")), description="It was."
    )
    image.save()
    return image


DOORS = [one, several, chosen, replaced]
Door = Callable[[Client, str, bytes], str]


@pytest.mark.parametrize("door", DOORS)
def test_each_door_refuses_a_broken_picture_in_a_sentence(admin: Client, door: Door) -> None:
    old = old_picture()
    old.get_rendition("max-800x600")
    old.get_rendition("original")
    before = files()
    for what, (name, data, words) in BROKEN.items():
        told = door(admin, name, data)
        sentences = re.findall(r"This (?:picture|file) [^.<]*\.", told)
        assert any(words in sentence for sentence in sentences), (what, sentences)
        assert files() == before, what
    (image,) = CandourImage.objects.all()
    assert (image.title, image.file.name, image.file_hash) == ("Old", old.file.name, old.file_hash)
    assert not UploadedFile.objects.exists()


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("kind", ENDINGS)
def test_each_door_keeps_nothing_but_pixels(admin: Client, door: Door, kind: str) -> None:
    door(admin, f"photo.{ENDINGS[kind]}", telling(kind, orientation=6))
    (image,) = CandourImage.objects.all()
    assert image.title == "Photo"
    assert tells_nothing(stored_bytes(image))
    assert (image.width, image.height) == (SIZE[1], SIZE[0])
    assert image.file_size == len(stored_bytes(image))
    assert image.file_hash == hash_filelike(io.BytesIO(stored_bytes(image)))
    with image.get_rendition("width-20").file.open() as file:
        assert tells_nothing(file.read())


def test_a_replaced_picture_leaves_nothing_of_the_old_one(admin: Client) -> None:
    old = old_picture()
    places = {Path(old.file.path), Path(old.get_rendition("width-20").file.path)}
    replaced(admin, "photo.jpg", telling("JPEG"))
    image = CandourImage.objects.get()
    assert image.pk == old.pk
    assert image.file.name.endswith(".jpg")
    assert image.file_hash != old.file_hash
    assert not Path(old.file.path).exists()
    assert not image.renditions.filter(filter_spec="width-20").exists()
    assert tells_nothing(stored_bytes(image))
    assert Path(image.file.path) not in places


def test_a_picture_that_waits_for_its_words_tells_nothing_either(admin: Client) -> None:
    response = admin.post(
        reverse("wagtailimages:add_multiple"),
        {"title": "Photo", "files[]": SimpleUploadedFile("photo.jpg", telling("JPEG"))},
        headers={"X-Requested-With": "XMLHttpRequest"},
    )
    assert json.loads(response.content)["success"]
    waiting = UploadedFile.objects.get()
    assert tells_nothing(Path(waiting.file.path).read_bytes())


def test_a_document_that_waits_is_left_as_it_is(admin: Client) -> None:
    from django.contrib.contenttypes.models import ContentType

    waiting = UploadedFile.objects.create(
        for_content_type=ContentType.objects.get_for_model(CandourDocument),
        file=SimpleUploadedFile("plan.docx", REAL.read_bytes()),
    )
    assert Path(waiting.file.path).read_bytes() == REAL.read_bytes()


def test_a_large_photo_that_the_server_puts_aside_first_is_stripped_too(admin: Client) -> None:
    # The same noise in every run: other noise might spell a word that is looked for.
    noise = Image.frombytes("L", (1_500, 1_500), random.Random(7).randbytes(1_500 * 1_500))
    large = telling("PNG", noise)
    assert len(large) > 2 * 1024 * 1024, "larger than what is kept in memory while it comes"
    one(admin, "photo.png", large)
    assert tells_nothing(stored_bytes(CandourImage.objects.get()))


def test_the_size_of_a_file_and_its_words_are_asked_for_as_before(admin: Client) -> None:
    form = admin.get(reverse("wagtailimages:add")).content.decode()
    assert "Maximum filesize: 10.0" in form
    assert 'accept="image/*, image/avif"' in form
    assert 'data-controller="w-sync"' in form
    assert (
        "Describe what the picture shows"
        in admin.post(
            reverse("wagtailimages:add"),
            {"title": "Photo", "file": SimpleUploadedFile("photo.jpg", telling("JPEG"))},
        ).content.decode()
    )
    assert not CandourImage.objects.exists()


def test_nothing_is_made_of_a_file_that_is_not_stored_yet(admin: Client) -> None:
    image = old_picture()
    before = files()
    response = admin.post(
        reverse("wagtailimages:edit", args=[image.pk]),
        {"title": "Photo", "file": SimpleUploadedFile("photo.jpg", telling("JPEG")), "description": ""},
    )
    assert "Describe what the picture shows" in answered(response)
    assert files() == before
    assert not image.renditions.exists()
