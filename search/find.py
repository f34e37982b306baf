"""The whole search: understand, retrieve, rank, and what to count of it. The only caller of the engines."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from prevention.core.caching import Tally
from prevention.help.models import Helpline
from search.engines import Hit, engine
from search.engines.base import CLOSE, OPEN
from search.lexicon import lexicon
from search.models import UrgentIntent
from search.text import LONGEST_QUERY, telling
from search.understand import Match, Query, understand

KIND_LABELS = {
    "substance": "Drug",
    "pack": "Lesson pack",
    "topic": "Topic",
    "families": "Topic",
    "mixing": "Topic",
    "help": "Help",
    "home": "Page",
    "index": "Page",
    "finder": "Page",
}
MOST_RESULTS = 20
NAME_SCORE = 1000.0  # a page that was named stands above every page that only holds the words


@dataclass(frozen=True)
class Result:
    """One page in an answer. `certain` is false for a guess, which is shown as a question."""

    slug: str
    title: str
    kind: str
    url: str
    summary: str
    snippet: SafeString
    certain: bool
    score: float
    matched_name: str = ""
    matched_how: str = ""
    typed: str = ""

    @property
    def link(self) -> str:
        """The address for a reader: the page then says which of its names was looked for."""
        return f"{self.url}?{urlencode({'name': self.matched_name})}" if self.matched_name else self.url

    @property
    def kind_label(self) -> str:
        return KIND_LABELS.get(self.kind, "Page")


@dataclass(frozen=True)
class Answer:
    """What a search gives back. `crisis` is the urgent card, or None."""

    query: str
    crisis: UrgentIntent | None = None
    results: list[Result] = field(default_factory=list)
    suggestions: list[Result] = field(default_factory=list)
    unknown: bool = False
    tally: Tally = ()

    @property
    def crisis_helplines(self) -> list[Helpline]:
        return self.crisis.helpline_rows() if self.crisis else []


def find(text: str) -> Answer:
    """Answer a search. `text` is anything at all; of it only what it named is counted."""
    understood = understand(text, lexicon())
    shown = text[:LONGEST_QUERY].strip()
    crisis = UrgentIntent.objects.filter(code=understood.urgent).first() if understood.urgent else None
    if understood.is_empty:
        return Answer(shown, crisis)
    named = [_named(match) for match in understood.matches]
    certain = [result for result in named if result.certain]
    suggestions = [result for result in named if not result.certain]
    taken = {(result.kind, result.slug) for result in named}
    words = [] if suggestions and len(understood.words) == 1 else telling(understood.words)
    hits = [hit for hit in engine().search(words, limit=MOST_RESULTS) if (hit.kind, hit.slug) not in taken]
    results = [*certain, *[_found(hit) for hit in hits]][:MOST_RESULTS]
    unknown = not results and not suggestions
    return Answer(shown, crisis, results, suggestions, unknown, _tally(understood, unknown, crisis))


def suggest(prefix: str, *, limit: int = 8) -> list[Match]:
    """Names for a search box: those that `prefix` is, begins or nearly spells, one a page."""
    return list(understand(prefix, lexicon()).matches[:limit])


def _named(match: Match) -> Result:
    entry = match.entry
    return Result(
        slug=entry.slug,
        title=entry.title,
        kind=entry.page_kind,
        url=entry.url,
        summary=entry.summary,
        snippet=escape(entry.summary),
        certain=match.certain,
        score=NAME_SCORE * match.likeness,
        matched_name="" if entry.name_kind == "title" else entry.name,
        matched_how=match.how,
        typed=match.typed,
    )


def _found(hit: Hit) -> Result:
    marked = escape(hit.snippet).replace(OPEN, "<mark>").replace(CLOSE, "</mark>")
    return Result(
        slug=hit.slug,
        title=hit.title,
        kind=hit.kind,
        url=hit.url,
        summary=hit.summary,
        snippet=mark_safe(marked) if "<mark>" in marked else escape(hit.summary),  # noqa: S308  (escaped above)
        certain=True,
        score=hit.score,
    )


def _tally(understood: Query, unknown: bool, crisis: UrgentIntent | None) -> Tally:
    """The concepts of a search as counts; never a word of it."""
    counts = [
        (
            "search.concept" if match.certain else "search.near",
            f"{match.entry.page_kind}:{match.entry.slug}",
            "",
        )
        for match in understood.matches[:1]
    ]
    if unknown:
        counts.append(("search.zero", "", ""))
    if crisis:
        counts.append(("search.urgent", crisis.code, ""))
    return tuple(counts)
