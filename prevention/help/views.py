"""The counted link to a helpline's website."""

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
    """Redirect (303) to the website of the helpline `code`, and count the click.

    Raises Http404 for an unknown code, or a helpline without a website. Telephone links do not use this view:
    a call must not depend on us (decision 14).
    """
    helpline = get_object_or_404(Helpline.objects.live().exclude(url=""), code=code)
    response = HttpResponse(status=303, headers={"Location": helpline.url})
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return counted(response, (("help.exit", helpline.code, helpline.kind),))
