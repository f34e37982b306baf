"""The results page. The box sends POST, so that the words stay out of addresses, histories and logs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_POST

from prevention.core.models import Audience
from prevention.delivery.answers import counted
from prevention.delivery.throttling import throttled
from prevention.help.models import usual_helplines
from prevention.substances.models import Family
from search.find import Answer, find, suggest
from search.rank import KINDS, Result

# What a reader filters by: the kinds of pages that have one name for them.
FEWEST_FILTERED = 6
MOST_MENTIONS = 5
GROUPS: dict[str, list[str]] = {}
for _kind, _label in KINDS.items():
    GROUPS.setdefault(_label.lower().replace(" ", "-"), []).append(_kind)


# Compressed here because it is never kept, and on a phone the words of help come sooner. There is no secret
# on it for BREACH to guess.
# Exempt because it changes nothing: a token would need a cookie on every page that has the box.
@csrf_exempt
@gzip_page
@require_http_methods(["GET", "HEAD", "POST"])
@throttled("search")
def results(request: HttpRequest) -> HttpResponseBase:
    """Answer the words in `q`. A GET is answered too, for links; our own box never makes one."""
    sent = request.POST if request.method == "POST" else request.GET
    groups = [group for group in sent.getlist("kind") if group in GROUPS]
    audiences = [audience for audience in sent.getlist("audience") if audience in Audience.values]
    kinds = [kind for group in groups for kind in GROUPS[group]]
    answer = find(sent.get("q", ""), kinds=kinds, audiences=audiences)
    response = render(request, "search/results.html", _context(answer, groups, audiences))
    response.headers["Cache-Control"] = "no-store"  # the words must not stay in a browser's cache
    response.headers["X-Robots-Tag"] = "noindex"
    return counted(response, answer.counts)


@csrf_exempt
@require_POST
@throttled("suggest")
def suggestions(request: HttpRequest) -> HttpResponseBase:
    """{"suggestions": [{"name", "title", "url", "certain"}]} for what has been typed in a box so far, in `q`.

    By POST, for the same reason as the results. Nothing of it is counted: half a word is no search.
    """
    rows = suggest(request.POST.get("q", ""))
    told = [{"name": row.name, "title": row.title, "url": row.link, "certain": row.certain} for row in rows]
    response = JsonResponse({"suggestions": told})
    response.headers["Cache-Control"] = "no-store"
    return response


def _context(answer: Answer, groups: list[str], audiences: list[str]) -> dict[str, object]:
    return {
        "query": answer.query,
        "crisis": answer.crisis,
        "card": answer.card,
        "guesses": [result for result in answer.results if not result.certain],
        "guesses_first": bool(answer.results) and not answer.results[0].certain,
        "groups": grouped(answer.results, len(answer.results) if groups else MOST_MENTIONS),
        "unknown_names": answer.unknown_names,
        "nothing": answer.nothing,
        "filters": _filters(answer, groups, audiences),
        "is_filtered": bool(groups or audiences),
        "helplines": usual_helplines(answer.nation),
        "families": Family.objects.all(),
    }


def grouped(results: list[Result], most_mentions: int) -> list[dict[str, object]]:
    """The certain results by what they are, the groups in the order of their best: [{"heading", "results"}].

    Drugs whose page only has the words somewhere stand apart; a few are enough, unless they were asked for.
    """
    certain = [result for result in results if result.certain]
    groups: dict[str, list[Result]] = {}
    mentions: list[Result] = []
    for result in certain:
        if result.kind == "substance" and result.matched_how == "text":
            mentions.append(result)
        else:
            groups.setdefault(KINDS[result.kind], []).append(result)
    if mentions:
        groups["Also on these pages" if groups else "On these pages"] = mentions[:most_mentions]
    return [{"heading": heading, "results": rows} for heading, rows in groups.items()]


def _filters(answer: Answer, groups: list[str], audiences: list[str]) -> list[dict[str, object]]:
    """The facets as tick boxes: [{"name", "legend", "options": [{"value", "label", "count", "is_chosen"}]}].

    A short list needs none.
    """
    if sum(answer.facets["kind"].values()) < FEWEST_FILTERED and not groups and not audiences:
        return []
    kinds = [
        (group, KINDS[members[0]], sum(answer.facets["kind"].get(kind, 0) for kind in members))
        for group, members in GROUPS.items()
    ]
    whom = [(value, label, answer.facets["audience"].get(value, 0)) for value, label in Audience.choices]
    found: list[dict[str, object]] = []
    for name, legend, rows, chosen in (
        ("kind", "What", kinds, groups),
        ("audience", "Written for", whom, audiences),
    ):
        options = [
            {"value": value, "label": label, "count": count, "is_chosen": value in chosen}
            for value, label, count in rows
            if count or value in chosen
        ]
        if len(options) > 1 or chosen:
            found.append({"name": name, "legend": legend, "options": options})
    return found
