"""The page of results, and suggestions for the search box.

The box sends POST, so that what was typed is in no address, browser history or log.
"""

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

FEWEST_FILTERED = 6  # with fewer results no filters are shown
MOST_MENTIONS = 5
# {value in a form: kinds of pages}: readers filter by the headings of KINDS.
GROUPS: dict[str, list[str]] = {}
for _kind, _label in KINDS.items():
    GROUPS.setdefault(_label.lower().replace(" ", "-"), []).append(_kind)


# Compressed here, because the page cache (which compresses the other pages) never keeps this page. There is
# no secret on it that the BREACH attack could guess.
# Exempt from CSRF checks, because a search changes nothing, and a token would need a cookie on every page.
@csrf_exempt
@gzip_page
@require_http_methods(["GET", "HEAD", "POST"])
@throttled("search")
def results(request: HttpRequest) -> HttpResponseBase:
    """Show the results for `q`, filtered by `kind` (a key of GROUPS) and `audience`; ignore other values.

    GET is answered for links from elsewhere; our own search box sends POST.
    """
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
    """Return {"suggestions": [{"name", "title", "url", "certain"}]} as JSON for what has been typed in `q`.

    Nothing is counted: half a word is not yet a search.
    """
    found = [
        {"name": row.name, "title": row.title, "url": row.link, "certain": row.certain}
        for row in suggest(request.POST.get("q", ""))
    ]
    response = JsonResponse({"suggestions": found})
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
    """Group the certain results by heading, in the order of each group's best: [{"heading", "results"}].

    Drugs that were found only by words in their text form a last group of at most `most_mentions`.
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
    """Return the tick boxes: [{"name", "legend", "options": [{"value", "label", "count", "is_chosen"}]}].

    Return [] if there are fewer than FEWEST_FILTERED results and nothing is chosen.
    """
    if sum(answer.facets["kind"].values()) < FEWEST_FILTERED and not groups and not audiences:
        return []
    kinds = [
        (group, KINDS[members[0]], sum(answer.facets["kind"].get(kind, 0) for kind in members))
        for group, members in GROUPS.items()
    ]
    audience_rows = [
        (value, label, answer.facets["audience"].get(value, 0)) for value, label in Audience.choices
    ]
    found: list[dict[str, object]] = []
    for name, legend, rows, chosen in (
        ("kind", "What", kinds, groups),
        ("audience", "Written for", audience_rows, audiences),
    ):
        options = [
            {"value": value, "label": label, "count": count, "is_chosen": value in chosen}
            for value, label, count in rows
            if count or value in chosen
        ]
        if len(options) > 1 or chosen:
            found.append({"name": name, "legend": legend, "options": options})
    return found
