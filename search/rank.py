"""Ranking: merge what was understood and the hits of the text index into one list, in this order.

1. Pages for teachers, when the question is about them ('year 9 lesson') and nothing is urgent.
2. Drugs whose names are in the question, in its order; then what is recorded of mixing them.
3. The page of an urgent intent (its card is shown above all results).
4. Drugs that may be meant, shown as questions; they come second when no name is certain.
5. Pages whose subject the question is about, the strongest first.
6. Pages whose texts have all its words close together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from prevention.core.models import Audience
from prevention.substances.models import Mixture
from search.engines.base import CLOSE, OPEN, Facets, Found, Hit
from search.language.text import words_of
from search.query.lexicon import Lexicon, Target
from search.query.names import Match
from search.query.understand import Query

MOST_RESULTS = 20
# {kind of a page that can be found: the heading that readers see}
KINDS = {
    "substance": "Drugs",
    "mixing": "Mixing",
    "topic": "Topics",
    "families": "Topics",
    "help": "Help",
    "finder": "For schools",
    "pack": "For schools",
}
# The scores of the steps above. Hits of a text index are appended after them, whatever their scores are.
NAMED, MIXED, MEANT, ABOUT = 1000.0, 900.0, 800.0, 100.0
FOR_TEACHERS, URGENT = 2000.0, 850.0


@dataclass(frozen=True)
class Result:
    """One page in an answer. `certain` is false for a guess, which is shown as a question.

    `snippet` is escaped HTML with <mark>; `matched_name` is the name that led here, or "".
    """

    slug: str
    title: str
    kind: str
    audience: str
    url: str
    summary: str
    snippet: SafeString
    certain: bool
    score: float
    page_id: int = 0
    matched_name: str = ""
    matched_how: str = ""  # by a name: exact, prefix, near; by phrases: topic; by its text: text; a pair: mix
    typed: str = ""
    mixture: Mixture | None = field(default=None, compare=False)

    @property
    def link(self) -> str:
        """The address for readers. With ?name= the page says which of its names was looked for."""
        return f"{self.url}?{urlencode({'name': self.matched_name})}" if self.matched_name else self.url


@dataclass(frozen=True)
class Mixed:
    """Two drugs of one question, and the record on mixing them, or None."""

    one: Target
    other: Target
    mixture: Mixture | None


def rank(
    query: Query,
    found: Found,
    mixed: Sequence[Mixed],
    lexicon: Lexicon,
    *,
    kinds: Sequence[str] = (),
    audiences: Sequence[str] = (),
) -> tuple[list[Result], Facets]:
    """Return at most MOST_RESULTS results, best first, and the facets.

    `found` are the hits of the text index, `mixed` the pairs of named drugs. The facets, the number of pages
    of each kind and audience, ignore the filters `kinds` and `audiences`.
    """
    texts = {hit.page_id: hit for hit in found.hits}
    rows = [*_named(query), *_mixed(mixed, lexicon), *_about(query, lexicon)]
    ordered = sorted(rows, key=lambda row: -row.score)
    first: dict[tuple[int, str], Result] = {}
    for row in ordered:
        hit = texts.get(row.page_id)
        # For a search by name alone the summary is more useful than a passage that contains the name.
        says_more = not set(query.content_words) <= set(words_of(row.title))
        snippet = marked(hit) if hit and says_more and row.matched_how != "mix" else row.snippet
        first.setdefault((row.page_id, row.url), replace(row, snippet=snippet))
    known = {page_id for page_id, _ in first}
    facets = _with_counts(found.facets, [row for row in first.values() if row.page_id not in texts])
    texts_only = [_found(hit, lexicon) for hit in found.hits if hit.page_id not in known]
    results = [*first.values(), *(row for row in texts_only if row)]
    return [
        row
        for row in results
        if (not kinds or row.kind in kinds) and (not audiences or row.audience in audiences)
    ][:MOST_RESULTS], facets


def marked(hit: Hit) -> SafeString:
    """Return the snippet of a hit as escaped HTML with <mark>; if nothing is marked in it, the summary."""
    passage = escape(hit.snippet).replace(OPEN, "<mark>").replace(CLOSE, "</mark>")
    return mark_safe(passage) if "<mark>" in passage else escape(hit.summary)  # noqa: S308  (escaped above)


def _named(query: Query) -> Iterable[Result]:
    """Yield a result for each name, in the order of the question; drugs rank above subjects."""
    for place, match in enumerate(query.matches):
        target = match.entry.target
        tier = NAMED if match.certain else MEANT
        if not target.is_named:
            tier -= 50  # a subject named in a question about a drug
        if not match.certain and not query.certain:
            tier = NAMED
        if not match.certain and any(_covers(match, other) for other in query.certain):
            tier = NAMED + 50
        yield replace(
            _result(target, tier - place, certain=match.certain),
            matched_name="" if match.entry.name_kind == "title" else match.entry.name,
            matched_how=match.how,
            typed=match.typed,
        )


def _covers(guess: Match, sure: Match) -> bool:
    return len(guess.span) > len(sure.span) and set(sure.span) <= set(guess.span)


def _mixed(mixed: Sequence[Mixed], lexicon: Lexicon) -> Iterable[Result]:
    if not mixed:
        return
    page = next((target for target in lexicon.targets.values() if target.kind == "mixing"), None)
    if page is None:
        return
    for place, pair in enumerate(mixed):
        slugs = [("drug", pair.one.slug), ("drug", pair.other.slug)]
        explanation = pair.mixture.record.explanation if pair.mixture else NOT_KNOWN
        row = _result(page, MIXED - place, certain=True)
        yield replace(
            row,
            title=f"Mixing {in_sentence(pair.one.title)} and {in_sentence(pair.other.title)}",
            url=f"{page.url}?{urlencode(slugs)}",
            summary=explanation,
            snippet=escape(explanation),
            matched_how="mix",
            mixture=pair.mixture,
        )


NOT_KNOWN = "We have no record of this mix. That does not mean it is free of risk: every mix adds risk."


def in_sentence(title: str) -> str:
    """Return a title for use inside a sentence: 'Alcohol' -> 'alcohol'; 'MDMA' and '2C-B' do not change."""
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


def _about(query: Query, lexicon: Lexicon) -> Iterable[Result]:
    urgent = {lexicon.intent_pages.get(code) for code in query.intents if code in lexicon.urgent}
    for topic in query.topics:
        score = ABOUT + topic.strength
        if topic.target.audience == Audience.TEACHERS and not urgent:
            score = FOR_TEACHERS + topic.strength
        elif topic.target.page_id in urgent:
            score = URGENT + topic.strength
        yield replace(_result(topic.target, score, certain=True), matched_how="topic")


def _result(target: Target, score: float, *, certain: bool) -> Result:
    return Result(
        slug=target.slug,
        title=target.title,
        kind=target.kind,
        audience=target.audience,
        url=target.url,
        summary=target.summary,
        snippet=escape(target.summary),
        certain=certain,
        score=score,
        page_id=target.page_id,
    )


def _found(hit: Hit, lexicon: Lexicon) -> Result | None:
    """Return a hit as a result with the page's present facts, or None if the page is no longer public."""
    target = lexicon.targets.get(hit.page_id)
    if target is None:
        return None
    return replace(_result(target, hit.score, certain=True), snippet=marked(hit), matched_how="text")


def _with_counts(facets: Facets, rows: Sequence[Result]) -> Facets:
    """Return `facets` with these results added, the largest numbers first."""
    counts = {name: dict(values) for name, values in facets.items()}
    for row in rows:
        for name, value in (("kind", row.kind), ("audience", row.audience)):
            counts[name][value] = counts[name].get(value, 0) + 1
    return {
        name: dict(sorted(values.items(), key=lambda item: (-item[1], item[0])))
        for name, values in counts.items()
    }
