"""Downloads of packs and of single files. Each download is counted."""

from __future__ import annotations

from functools import partial

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from prevention.core.addresses import left_behind_as
from prevention.core.middleware import lead_on
from prevention.core.page_index import PageEntry
from prevention.delivery.answers import Counts, counted
from prevention.delivery.throttling import throttled
from resources.models import LessonPackPage, PackFile
from resources.packing import PackedFile, packed
from resources.readme import readme


@require_safe
@throttled("download")
def pack_zip(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Return the whole pack as a ZIP; count it once for each key stage that the pack is tagged with.

    A former slug of a pack leads on, and what is gone is told. Raises Http404 for a pack that never was.
    """
    packs = LessonPackPage.objects.shown().prefetch_related(*LessonPackPage.shown_with)
    page = packs.filter(slug=slug).first()
    if page is None:
        return _led_on(request, slug, "pack-zip")
    files = page.file_rows()
    body = packed([_packed_file(row) for row in files], partial(readme, page, files))
    response = HttpResponse(body, content_type="application/zip")
    stages = [stage.slug for stage in page.key_stage_list] or [""]
    counts: Counts = tuple(("pack.download", page.content_key, stage) for stage in stages)
    return _attachment(response, f"{page.slug}.zip", counts)


@require_safe
@throttled("download")
def pack_file(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    """Return the file with the id `number` of a pack. Raises Http404 if there never was such a pack or file.

    If the file is missing on the disk, return a page with status 404 that links to the rest of the pack.
    """
    page = LessonPackPage.objects.shown().prefetch_related("files__document").filter(slug=slug).first()
    if page is None:
        return _led_on(request, slug, "pack-file", number)
    # Compared in Python, because a number in an address may be too large for a column of the database.
    row = next((row for row in page.file_rows() if row.pk == number), None)
    if row is None:
        raise Http404("This pack has no such file.")
    file = row.opened()
    if file is None:
        return render(request, "resources/file_missing.html", {"pack": page, "file": row}, status=404)
    response = FileResponse(file)
    return _attachment(
        response, f"{page.slug}-{row.pk}.{row.extension}", (("file.download", page.content_key, ""),)
    )


def _led_on(request: HttpRequest, slug: str, view: str, *rest: int) -> HttpResponseBase:
    """Answer the address of a pack that is not there: where it is now, or that it is gone."""
    way = left_behind_as(LessonPackPage.kind, slug)
    if isinstance(way, PageEntry):
        return HttpResponseRedirect(reverse(view, args=[way.slug, *rest]))
    gone = lead_on(request, way)
    if gone is None:
        raise Http404("There is no such pack.")
    return gone


def _packed_file(row: PackFile) -> PackedFile[PackFile]:
    # When a file is replaced, its name and its hash in the database change.
    version = f"{row.pk}:{row.title}:{row.document.file.name}:{row.document.file_hash}"
    return PackedFile(row, row.title, row.extension, version, lambda: row.is_there, row.opened)


def _attachment(response: HttpResponseBase, name: str, counts: Counts) -> HttpResponseBase:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-cache"
    return counted(response, counts)
