"""Downloads of packs and of single files, counted."""

from __future__ import annotations

from functools import partial

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from prevention.delivery.answers import Counts, counted
from prevention.delivery.throttling import throttled
from resources.models import LessonPackPage, PackFile
from resources.packing import PackedFile, packed
from resources.readme import readme


@require_safe
@throttled("download")
def pack_zip(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The whole pack as a ZIP. Counted once for each key stage that the pack is tagged with.

    404 for a pack that is not published, or not for everybody.
    """
    page = get_object_or_404(
        LessonPackPage.objects.shown().prefetch_related(*LessonPackPage.shown_with), slug=slug
    )
    files = page.file_rows()
    body = packed([_packed_file(row) for row in files], partial(readme, page, files))
    response = HttpResponse(body, content_type="application/zip")
    stages = [stage.slug for stage in page.key_stage_list] or [""]
    counts: Counts = tuple(("pack.download", page.content_key, stage) for stage in stages)
    return _attachment(response, f"{page.slug}.zip", counts)


@require_safe
@throttled("download")
def pack_file(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    """One file of a pack. 404 when there is no such pack, or it has no file of that number.

    A file that is missing on the disk is a 404 too, whose page says so and leads to the rest of the pack.
    """
    page = get_object_or_404(LessonPackPage.objects.shown().prefetch_related("files__document"), slug=slug)
    # Compared in Python: a number of any length may stand in an address, and a database column has an end.
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


def _packed_file(row: PackFile) -> PackedFile[PackFile]:
    # A new version of a file has a new name and a new hash in the database.
    version = f"{row.pk}:{row.title}:{row.document.file.name}:{row.document.file_hash}"
    return PackedFile(row, row.title, row.extension, version, lambda: row.is_there, row.opened)


def _attachment(response: HttpResponseBase, name: str, counts: Counts) -> HttpResponseBase:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-cache"
    return counted(response, counts)
