"""Uploading through the admin: what is wrong is refused with a sentence, and nothing of it is kept."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from prevention.home.services import STARTER
from prevention.media.models import CandourDocument, CandourImage
from prevention.users.models import User

pytestmark = pytest.mark.django_db
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
