"""Downloads of packs and of single files, counted."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase

from prevention.core.caching import Tally
from resources.models import LessonPackPage
from resources.packing import packed


def pack_zip(request: HttpRequest, page: LessonPackPage) -> HttpResponseBase:
    """The ZIP, as an attachment. Counted once for each key stage that the pack is tagged with."""
    response = HttpResponse(packed(page, page.file_rows()), content_type="application/zip")
    stages = [stage.slug for stage in page.key_stage_list] or [""]
    tally: Tally = tuple(("pack.download", page.content_key, stage) for stage in stages)
    return _attachment(response, f"{page.slug}.zip", tally)


def pack_file(request: HttpRequest, page: LessonPackPage, number: int) -> HttpResponseBase:
    """One file, as an attachment. Raises Http404 when the pack has no file of that number."""
    row = page.files.filter(pk=min(number, 2**31)).select_related("document").first()
    if row is None:
        raise Http404("This pack has no such file.")
    response = FileResponse(row.document.open_file())
    return _attachment(response, f"{page.slug}-{row.pk}.{row.extension}", (("file.download", page.content_key, ""),))


def _attachment(response: HttpResponseBase, name: str, tally: Tally) -> HttpResponseBase:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-cache"
    response.tally = tally  # type: ignore[attr-defined]
    return response
