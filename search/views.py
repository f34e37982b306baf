"""The results page. The box sends POST, so that the words stay out of addresses, histories and logs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

from prevention.core.caching import counted
from prevention.core.throttling import throttled
from prevention.help.models import usual_helplines
from prevention.substances.models import Family
from search.find import Answer, find


# Compressed here because it is never kept, and on a phone the words of help come sooner. There is no secret
# on it for BREACH to guess.
# Exempt because it changes nothing: a token would need a cookie on every page that has the box.
@csrf_exempt
@gzip_page
@require_http_methods(["GET", "HEAD", "POST"])
@throttled("search")
def results(request: HttpRequest) -> HttpResponseBase:
    """Answer the words in `q`. A GET is answered too, for links; our own box never makes one."""
    text = (request.POST if request.method == "POST" else request.GET).get("q", "")
    answer = find(text)
    response = render(request, "search/results.html", _context(answer))
    response.headers["Cache-Control"] = "no-store"  # the words must not stay in a browser's cache
    response.headers["X-Robots-Tag"] = "noindex"
    return counted(response, answer.tally)


def _context(answer: Answer) -> dict[str, object]:
    crisis = answer.crisis
    return {
        "query": answer.query,
        "crisis": crisis
        and {"heading": crisis.heading, "body": crisis.body, "helplines": answer.crisis_helplines},
        "results": answer.results,
        "suggestions": answer.suggestions,
        "unknown": answer.unknown,
        "helplines": usual_helplines(),
        "families": Family.objects.all(),
    }
