"""The counted way out to a helpline's website."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from prevention.delivery.answers import counted
from prevention.delivery.throttling import throttled
from prevention.help.models import Helpline


@require_safe
@throttled("go")
def go(request: HttpRequest, code: str) -> HttpResponseBase:
    """Send the reader to the website of a helpline (303) and count the click. 404 for an unknown code.

    Telephone links never come here: a call must not wait for us.
    """
    helpline = get_object_or_404(Helpline.objects.exclude(url=""), code=code)
    response = HttpResponse(status=303, headers={"Location": helpline.url})
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return counted(response, (("help.exit", helpline.code, helpline.kind),))
