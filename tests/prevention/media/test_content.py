"""What a document may be: its bytes decide, not its name; nothing sent may end in an error of ours."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from prevention.home.starter_loader import STARTER
from prevention.media import content
from prevention.media.content import check_document
from prevention.media.models import CandourDocument, CandourImage

REAL = sorted((STARTER / "packs/files").iterdir())
WORD = "word/document.xml"


def archive(*members: str | tuple[str, bytes], comment: bytes = b"") -> bytes:
    """A ZIP with these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for member in members:
            name, data = member if isinstance(member, tuple) else (member, b"<xml/>")
            made.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
        made.comment = comment
    return buffer.getvalue()


def refusal(name: str, data: bytes) -> str:
    """The sentence with which a file is refused; "" when it is accepted."""
    file = io.BytesIO(data)
    file.seek(3)
    try:
        check_document(name, file)
    except ValidationError as error:
        (sentence,) = error.message_dict["file"]
        return sentence
    finally:
        assert file.tell() == 0, "the file is left at its start"
    return ""


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_real_files_are_accepted(path: Path) -> None:
    assert refusal(path.name, path.read_bytes()) == ""


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("plan.PDF", b"%PDF-1.7\n..."),
        ("plan.DOCX", archive("[Content_Types].xml", WORD)),
        ("sheet.xlsx", archive("xl/workbook.xml")),
        ("plan.odt", archive(("mimetype", b"application/vnd.oasis.opendocument.text"), "content.xml")),
        (
            "slides.odp",
            archive(("mimetype", b"application/vnd.oasis.opendocument.presentation\n"), "content.xml"),
        ),
    ],
)
def test_each_kind_is_accepted(name: str, data: bytes) -> None:
    assert refusal(name, data) == ""


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("plan.pdf", b"<html><script>alert(1)</script></html>", "This is not a PDF"),
        ("plan.pdf", b"", "This is not a PDF"),
        ("plan.pdf", b"\n%PDF-1.7", "This is not a PDF"),
        ("plan.docx", b"<html></html>", "This is not a docx file"),
        ("plan.docx", b"", "This is not a docx file"),
        ("plan.docx", archive("ppt/presentation.xml"), "This is not a docx file"),
        ("plan.docx", archive(WORD)[:-30], "This is not a docx file"),
        ("plan.pptx", archive(WORD), "This is not a pptx file"),
        ("plan.xlsx", archive(WORD), "This is not a xlsx file"),
        ("plan.odt", archive("content.xml"), "This is not a odt file"),
        (
            "plan.odt",
            archive(("mimetype", b"application/vnd.oasis.opendocument.presentation"), "content.xml"),
            "This is not a odt file",
        ),
        ("plan.docx", archive(WORD, "word/vbaProject.bin"), "macros"),
        ("plan.docx", archive(WORD, "word/VBADATA.xml"), "macros"),
        (
            "plan.odt",
            archive(
                ("mimetype", b"application/vnd.oasis.opendocument.text"),
                "content.xml",
                "Basic/Standard/Module1.xml",
            ),
            "macros",
        ),
        ("plan.docx", archive(WORD, "../../etc/passwd"), "lead out of it"),
        ("plan.docx", archive(WORD, "word/../../x"), "lead out of it"),
        ("plan.docx", archive(WORD, "/etc/passwd"), "lead out of it"),
        ("plan.exe", b"MZ", "Files ending in .exe can not be uploaded here."),
        ("plan", b"MZ", "Files ending in nothing can not be uploaded here."),
        ("plan.docx.html", b"<html>", "Files ending in .html"),
        ("plan.svg", b"<svg/>", "Files ending in .svg"),
    ],
)
def test_what_is_not_what_it_says_is_refused_in_a_sentence(name: str, data: bytes, words: str) -> None:
    assert words in refusal(name, data)


def test_a_locked_file_is_refused() -> None:
    data = bytearray(archive(WORD))
    # The flag 'encrypted' of the member, in its own header and in the directory at the end.
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 0x1
    assert "locked with a password" in refusal("plan.docx", bytes(data))


def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    def unpack(*args: Any, **kwargs: Any) -> bytes:
        pytest.fail("the bomb was opened")

    bomb = archive(WORD, ("word/media/bomb", bytes(content.LARGEST_UNPACKED)))
    assert len(bomb) < 200_000
    monkeypatch.setattr(zipfile.ZipFile, "read", unpack)
    monkeypatch.setattr(zipfile.ZipFile, "open", unpack)
    assert "unpacks to too much" in refusal("plan.docx", bomb)


def test_a_file_of_too_many_parts_is_refused() -> None:
    assert refusal("plan.docx", archive(WORD, *(f"x/{n}" for n in range(content.MOST_MEMBERS - 1)))) == ""
    parts = (f"x/{n}" for n in range(content.MOST_MEMBERS))
    assert "unpacks to too much" in refusal("plan.docx", archive(WORD, *parts))


@pytest.mark.parametrize(
    "name", ["", ".", "./", "x\\..\\..\\y", "\x00", "word//x", "é\u202e.xml", "x" * 3000]
)
def test_a_part_of_any_name_ends_in_yes_or_no(name: str) -> None:
    assert isinstance(refusal("plan.docx", archive(WORD, name)), str)


@pytest.mark.parametrize(
    "path", [path for path in REAL if path.suffix == ".docx"][:1], ids=lambda path: path.name
)
def test_a_damaged_file_ends_in_yes_or_no(path: Path) -> None:
    chance = random.Random(4)
    whole = path.read_bytes()
    for _ in range(400):
        data = bytearray(whole)
        # Damage the directory at the end more often: that is what is read.
        start = chance.choice([0, len(data) - 2_000])
        for _ in range(chance.randint(1, 12)):
            data[chance.randrange(start, len(data))] = chance.randrange(256)
        assert isinstance(refusal("plan.docx", bytes(data)), str)
        assert isinstance(refusal("plan.odt", bytes(data)), str)


def test_a_damaged_odt_ends_in_yes_or_no() -> None:
    chance = random.Random(4)
    whole = archive(("mimetype", b"application/vnd.oasis.opendocument.text" * 3), "content.xml")
    for _ in range(600):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        assert isinstance(refusal("plan.odt", bytes(data)), str)


# The models


@pytest.mark.django_db
def test_a_document_is_checked_when_its_file_is_new() -> None:
    document = CandourDocument(title="Plan", file=ContentFile(b"<html>", name="plan.docx"))
    with pytest.raises(ValidationError, match="not a docx"):
        document.clean()


@pytest.mark.django_db
def test_a_stored_document_has_size_and_hash_and_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    document = CandourDocument(title="Plan", file=ContentFile(REAL[0].read_bytes(), name=REAL[0].name))
    document.clean()
    document.save()
    assert document.file_size == REAL[0].stat().st_size
    assert document.file_hash
    monkeypatch.setattr("prevention.media.models.check_document", lambda *args: pytest.fail("read again"))
    again = CandourDocument.objects.get(pk=document.pk)
    again.title = "Plan, renamed"
    again.clean()
    again.save()
    assert CandourDocument.objects.get(pk=document.pk).file_hash == document.file_hash


@pytest.mark.django_db
def test_a_new_version_of_a_file_gets_a_new_hash() -> None:
    document = CandourDocument.objects.first()
    assert document is not None
    old = document.file_hash
    document.file = ContentFile(archive(WORD), name="plan.docx")
    document.save()
    assert CandourDocument.objects.get(pk=document.pk).file_hash != old


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("description", "is_decoration", "accepted"),
    [("", False, False), ("  ", False, False), ("A graph.", False, True), ("", True, True)],
)
def test_a_picture_says_what_it_shows_or_that_it_is_decoration(
    description: str, is_decoration: bool, accepted: bool
) -> None:
    image = CandourImage(title="Graph", description=description, is_decoration=is_decoration)
    if accepted:
        image.clean()
        return
    with pytest.raises(ValidationError, match="Describe what the picture shows"):
        image.clean()
