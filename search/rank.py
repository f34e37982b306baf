"""Rank: what was understood and what was found in texts become one list. Only here is decided what is first.

1. Urgent help, when the words call for it: a card above everything, and its page among the results.
2. A teacher's question ('year 9 lesson') leads to the school resources.
3. The drugs that were named, then what is known of mixing them.
4. Drugs that may have been meant, as questions.
5. Pages whose subject the question is about, the strongest first.
6. Pages that hold all its words close together.
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
# The kinds of pages that can be found, and what a reader calls them.
KINDS = {
    "substance": "Drugs",
    "mixing": "Mixing",
    "topic": "Topics",
    "families": "Topics",
    "help": "Help",
    "finder": "For schools",
    "pack": "For schools",
}
# A page that was named stands above every page that only holds the words, whatever an engine's scores are.
NAMED, MIXED, MEANT, ABOUT = 1000.0, 900.0, 800.0, 100.0
LED, URGENT = 2000.0, 850.0


@dataclass(frozen=True)
class Result:
    """One page in an answer. `certain` is false for a guess, which is shown as a question."""

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
    matched_how: str = ""  # exact, prefix, near; topic: by its phrases; text: by its words; mix: a pair
    typed: str = ""
    mixture: Mixture | None = field(default=None, compare=False)

    @property
    def link(self) -> str:
        """The address for a reader: the page then says which of its names was looked for."""
        return f"{self.url}?{urlencode({'name': self.matched_name})}" if self.matched_name else self.url


@dataclass(frozen=True)
class Mixed:
    """Two drugs of one question, and what is known of taking them together."""

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
    """The results in their order, and the number of pages of each kind and audience before the filters."""
    texts = {hit.page_id: hit for hit in found.hits}
    rows = [*_named(query), *_mixed(mixed, lexicon), *_about(query, lexicon)]
    ordered = sorted(rows, key=lambda row: -row.score)
    first: dict[tuple[int, str], Result] = {}
    for row in ordered:
        hit = texts.get(row.page_id)
        # Of a page that was asked for by its name alone, the summary says more than a passage with that name.
        says_more = not set(query.content_words) <= set(words_of(row.title))
        snippet = marked(hit) if hit and says_more and row.matched_how != "mix" else row.snippet
        first.setdefault((row.page_id, row.url), replace(row, snippet=snippet))
    known = {page_id for page_id, _ in first}
    facets = _with(found.facets, [row for row in first.values() if row.page_id not in texts])
    texts_only = [_found(hit, lexicon) for hit in found.hits if hit.page_id not in known]
    results = [*first.values(), *(row for row in texts_only if row)]
    return [
        row
        for row in results
        if (not kinds or row.kind in kinds) and (not audiences or row.audience in audiences)
    ][:MOST_RESULTS], facets


def marked(hit: Hit) -> SafeString:
    """The passage of a hit with <mark> round the words found; without any, the summary of the page."""
    passage = escape(hit.snippet).replace(OPEN, "<mark>").replace(CLOSE, "</mark>")
    return mark_safe(passage) if "<mark>" in passage else escape(hit.summary)  # noqa: S308  (escaped above)


def _named(query: Query) -> Iterable[Result]:
    """The names in the order in which they stand; a drug before a subject of the same words."""
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
        told = pair.mixture.record.explanation if pair.mixture else NOT_KNOWN
        row = _result(page, MIXED - place, certain=True)
        yield replace(
            row,
            title=f"Mixing {in_sentence(pair.one.title)} and {in_sentence(pair.other.title)}",
            url=f"{page.url}?{urlencode(slugs)}",
            summary=told,
            snippet=escape(told),
            matched_how="mix",
            mixture=pair.mixture,
        )


NOT_KNOWN = "We have no record of this mix. That does not mean it is free of risk: every mix adds risk."


def in_sentence(title: str) -> str:
    """A title inside a sentence: 'Alcohol' -> 'alcohol', but 'MDMA' and '2C-B' as they are."""
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


def _about(query: Query, lexicon: Lexicon) -> Iterable[Result]:
    urgent = {lexicon.intent_pages.get(code) for code in query.intents if code in lexicon.urgent}
    for topic in query.topics:
        score = ABOUT + topic.strength
        if topic.target.audience == Audience.TEACHERS and not urgent:
            score = LED + topic.strength
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
    """A hit as the page is now: an index may be a moment behind it, and what has gone is not shown."""
    target = lexicon.targets.get(hit.page_id)
    if target is None:
        return None
    return replace(_result(target, hit.score, certain=True), snippet=marked(hit), matched_how="text")


def _with(facets: Facets, rows: Sequence[Result]) -> Facets:
    """`facets` with these results counted too; the most first."""
    counts = {name: dict(values) for name, values in facets.items()}
    for row in rows:
        for name, value in (("kind", row.kind), ("audience", row.audience)):
            counts[name][value] = counts[name].get(value, 0) + 1
    return {
        name: dict(sorted(values.items(), key=lambda item: (-item[1], item[0])))
        for name, values in counts.items()
    }
