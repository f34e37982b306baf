"""The whole search: understand, retrieve, rank, and what to count of it. The only caller of the engines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from urllib.parse import urlencode

from django.conf import settings

from prevention.core.page_index import page_index
from prevention.delivery.answers import Counts
from prevention.delivery.content_version import SEARCH, one_version, per_version
from prevention.help.models import Helpline
from prevention.substances.models import Interaction, SubstancePage
from search.engines import Found, engine
from search.engines.base import Facets, Hit
from search.language.text import LONGEST_QUERY, fold
from search.models import Intent
from search.query.lexicon import Target, lexicon
from search.query.understand import Query, complete, understand
from search.rank import MOST_RESULTS, Mixed, Result, rank

MOST_MIXED = 3  # drugs of one question whose mixing is looked up
MOST_SUGGESTED = 8


@dataclass(frozen=True)
class Card:
    """What to do, and whom to ask: an intent, with the helplines of the reader's nation."""

    code: str
    heading: str
    body: str
    urgent: bool
    helplines: list[Helpline]
    url: str = ""


@dataclass(frozen=True)
class Answer:
    """What a search gives back. `crisis` is the urgent card, or None; `card` another one, or None."""

    query: str
    crisis: Card | None = None
    card: Card | None = None
    results: list[Result] = field(default_factory=list)
    unknown_names: tuple[str, ...] = ()
    nation: str = ""
    facets: Facets = field(default_factory=lambda: {"kind": {}, "audience": {}})
    counts: Counts = ()

    @property
    def nothing(self) -> bool:
        """Was there nothing, and nothing close?"""
        return not self.results


def find(text: str, *, kinds: Sequence[str] = (), audiences: Sequence[str] = (), nation: str = "") -> Answer:
    """Answer a search. `text` is anything at all; of it only what it named is counted."""
    with one_version():
        return _find(text, kinds, audiences, nation)


def _find(text: str, kinds: Sequence[str], audiences: Sequence[str], nation: str) -> Answer:
    known = lexicon()
    query = understand(text, known)
    shown = text[:LONGEST_QUERY].strip()
    if query.is_empty:
        return Answer(shown)
    nation = query.nation or nation or settings.NATION
    crisis = _card(query, nation, urgent=True)
    card = _card(query, nation, urgent=False)
    found = _in_texts(query, kinds, audiences)
    results, facets = rank(query, found, _mixed(query), known, kinds=kinds, audiences=audiences)
    # A filter that keeps nothing is not a question without an answer.
    nothing = not results and not (kinds or audiences)
    return Answer(
        query=shown,
        crisis=crisis,
        card=card,
        results=results,
        unknown_names=query.unknown_names,
        nation=nation,
        facets=facets,
        counts=_counts(query, crisis or card, nothing=nothing),
    )


@dataclass(frozen=True)
class Suggestion:
    """One line under a search box: a name, and the page that it leads to."""

    name: str
    title: str
    kind: str
    slug: str
    url: str
    certain: bool

    @property
    def link(self) -> str:
        """The address for a reader: the page then says which of its names was looked for."""
        return self.url if self.name == self.title else f"{self.url}?{urlencode({'name': self.name})}"


def suggest(text: str, *, most: int = MOST_SUGGESTED) -> list[Suggestion]:
    """What somebody who typed `text` so far may be looking for, one line a page."""
    with one_version():
        return _suggest(text, most)


def _suggest(text: str, most: int) -> list[Suggestion]:
    rows = [
        Suggestion(
            match.entry.name if match.entry.name_kind != "title" else match.entry.target.title,
            match.entry.target.title,
            match.entry.target.kind,
            match.entry.target.slug,
            match.entry.target.url,
            match.how != "near",
        )
        for match in complete(text, lexicon(), most=most)
    ]
    taken = {row.url for row in rows}
    begun = fold(text)
    if len(rows) < most and all(len(word) > 1 for word in begun.split()):
        hits = engine().suggest(begun, limit=most)
        pages = [target for hit in hits if (target := lexicon().targets.get(hit.page_id))]
        rows += [
            Suggestion(page.title, page.title, page.kind, page.slug, page.url, certain=True)
            for page in pages
            if page.url not in taken
        ]
    return rows[:most]


def _in_texts(query: Query, kinds: Sequence[str], audiences: Sequence[str]) -> Found:
    # A word that nobody knows, or that may be misspelt, is in no text; what looks like it is not looked for.
    if query.unknown_names or query.guesses:
        return Found()
    # A card answers what is no search for a page: 'which drug is best to take' is in some text, of some drug.
    if query.intents and not query.certain:
        return Found()
    found = engine().search(query.content_words, kinds=kinds, audiences=audiences, limit=MOST_RESULTS)
    return replace(found, hits=_still_there(found.hits))


def _still_there(hits: Sequence[Hit]) -> list[Hit]:
    """The hits whose page everybody may read now, as it is called now: an index is told a little later."""
    shown = page_index().by_id
    return [
        replace(hit, title=shown[hit.page_id].title, url=shown[hit.page_id].url)
        for hit in hits
        if hit.page_id in shown
    ]


def _mixed(query: Query) -> list[Mixed]:
    """What is known of each pair of the drugs that were named. Two drugs of one name are no pair."""
    named = [match for match in query.certain if match.entry.target.is_named]
    drugs: dict[int, Target] = {}
    for match in named:
        # 'MDMA crystals' and 'blue pills' are one thing, 'MDMA and crystal' are two.
        if not (match.ordinary and any(_touch(match.span, other.span) for other in named)):
            drugs.setdefault(match.span.start, match.entry.target)
    chosen = list(dict.fromkeys(drugs.values()))[:MOST_MIXED]
    if len(chosen) < 2:
        return []
    pages = SubstancePage.objects.prefetch_related("groups").in_bulk([target.page_id for target in chosen])
    return [
        Mixed(
            one,
            other,
            Interaction.objects.between(pages[one.page_id].mixing_ids, pages[other.page_id].mixing_ids),
        )
        for one, other in combinations(chosen, 2)
        if one.page_id in pages and other.page_id in pages
    ]


def _touch(one: range, other: range) -> bool:
    return one.stop == other.start or other.stop == one.start


@per_version(SEARCH)
def _intents() -> dict[str, Intent]:
    """Every intent by its code, with its page."""
    return {intent.code: intent for intent in Intent.objects.select_related("page")}


def _card(query: Query, nation: str, *, urgent: bool) -> Card | None:
    """The first card of this sort that the words call for."""
    intents = [_intents()[code] for code in query.intents if code in _intents()]
    intent = next((intent for intent in intents if intent.urgent == urgent), None)
    if intent is None:
        return None
    page = lexicon().targets.get(intent.page_id or 0)
    return Card(
        intent.code,
        intent.heading,
        intent.body,
        urgent,
        intent.helpline_rows(nation),
        page.url if page else "",
    )


def _counts(query: Query, card: Card | None, *, nothing: bool) -> Counts:
    """The concepts of a search as counts; never a word of it."""
    counts = [
        (
            "search.concept" if match.certain else "search.near",
            f"{match.entry.target.kind}:{match.entry.target.slug}",
            "",
        )
        for match in query.matches[:1]
    ]
    if nothing:
        counts.append(("search.zero", "", ""))
    if card:
        counts.append(("search.urgent" if card.urgent else "search.intent", card.code, ""))
    return tuple(counts)
