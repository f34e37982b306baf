"""Checks that the bytes of a document are of the kind that its name says; Wagtail checks the name only."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import PurePosixPath
from typing import IO

from django.core.exceptions import ValidationError

LARGEST_UNPACKED = 100 * 1024 * 1024  # bytes; a lesson pack never comes near it, a zip bomb does
MOST_MEMBERS = 2_000

# {ending: a part that every such file has}, by ECMA-376 (Office Open XML) and ISO/IEC 26300 (OpenDocument).
OFFICE_PARTS = {
    ".docx": "word/document.xml",
    ".pptx": "ppt/presentation.xml",
    ".xlsx": "xl/workbook.xml",
    ".odt": "content.xml",
    ".odp": "content.xml",
}
# What zipfile raises on archives that are cut off, altered or encrypted; found by fuzzing.
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
OPEN_DOCUMENT_TYPES = {
    ".odt": b"application/vnd.oasis.opendocument.text",
    ".odp": b"application/vnd.oasis.opendocument.presentation",
}


def check_document(name: str, file: IO[bytes]) -> None:
    """Raise ValidationError unless the bytes of `file` are of the kind that the ending of `name` says.

    Macros, encrypted parts, paths that lead out of the archive, and archives of over 2,000 parts or over
    100 MB unpacked are refused too. The file is left at its start.
    """
    ending = PurePosixPath(name).suffix.lower()
    file.seek(0)
    try:
        if ending == ".pdf":
            _check_pdf(file)
        elif ending in OFFICE_PARTS:
            _check_office(ending, file)
        else:
            raise ValidationError(
                {"file": f"Files ending in {ending or 'nothing'} can not be uploaded here."}
            )
    finally:
        file.seek(0)


def _check_pdf(file: IO[bytes]) -> None:
    start = file.read(1024)
    if not start.startswith(b"%PDF-"):
        raise ValidationError({"file": "This is not a PDF, although its name says so. Save it as PDF again."})


def _check_office(ending: str, file: IO[bytes]) -> None:
    told = f"This is not a {ending[1:]} file, although its name says so. Save it again and upload that."
    wrong = ValidationError({"file": told})
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > LARGEST_UNPACKED:
                raise ValidationError({"file": "This file unpacks to too much. Make its pictures smaller."})
            names = [member.filename for member in members]
            if OFFICE_PARTS[ending] not in names:
                raise wrong
            _check_members(members)
            wanted = OPEN_DOCUMENT_TYPES.get(ending)
            if wanted and ("mimetype" not in names or archive.read("mimetype").strip() != wanted):
                raise wrong
    except (*DAMAGED, OSError) as error:
        raise wrong from error


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    for member in members:
        path = PurePosixPath(member.filename)
        folder = path.parts[0].lower() if path.parts else ""
        if path.is_absolute() or ".." in path.parts:
            raise ValidationError({"file": "This file holds paths that lead out of it. Save it again."})
        if path.name.lower() in {"vbaproject.bin", "vbadata.xml"} or folder in {"basic", "scripts"}:
            raise ValidationError({"file": "This file holds macros. Save it without macros and upload that."})
        if member.flag_bits & 0x1:
            raise ValidationError({"file": "This file is locked with a password. Upload it without one."})
