"""One search from text to answer: understand, retrieve, rank, count. Only this module asks the engines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from urllib.parse import urlencode

from django.conf import settings

from prevention.core.content_keys import content_key
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

MOST_MIXED = 3  # the number of drugs in one question for which records on mixing are looked up
MOST_SUGGESTED = 8


@dataclass(frozen=True)
class Card:
    """An intent as it is shown: what to do now, and the helplines that serve the reader's nation.

    `url` is the page to read on, or "".
    """

    code: str
    heading: str
    body: str
    urgent: bool
    helplines: list[Helpline]
    url: str = ""


@dataclass(frozen=True)
class Answer:
    """The answer to a search.

    `query` is the text as shown; `crisis` the urgent card and `card` the other one, if there are any;
    `nation` a value of Nation or ""; `facets` numbers of pages before the filters; `counts` what the view
    hands to prevention.delivery.answers.counted.
    """

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
        """Whether there is no result, not even a guess."""
        return not self.results


def find(text: str, *, kinds: Sequence[str] = (), audiences: Sequence[str] = (), nation: str = "") -> Answer:
    """Return the answer to `text`, which may be any string.

    `kinds` and `audiences` keep only such results; empty ones keep all. `nation` chooses the helplines when
    the text names none. The text itself is not kept: only the page or the card that it leads to is counted.
    """
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
    # No result because of a filter is not counted as a question without an answer.
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
    """One line under a search box: a name, and its page. `certain` is false for a likely misspelling."""

    name: str
    title: str
    kind: str
    slug: str
    url: str
    certain: bool

    @property
    def link(self) -> str:
        """The address for readers. With ?name= the page says which of its names was looked for."""
        return self.url if self.name == self.title else f"{self.url}?{urlencode({'name': self.name})}"


def suggest(text: str, *, most: int = MOST_SUGGESTED) -> list[Suggestion]:
    """Return at most `most` suggestions for a text that is still being typed, one for each page."""
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
    # All words must be in a text, and an unknown or misspelt word is in none.
    if query.unknown_names or query.guesses:
        return Found()
    # 'Which drug is best to take' is answered by a card. Its words are in the texts of some drugs, by chance.
    if query.intents and not query.certain:
        return Found()
    found = engine().search(query.content_words, kinds=kinds, audiences=audiences, limit=MOST_RESULTS)
    return replace(found, hits=_still_public(found.hits))


def _still_public(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits whose page is public now, with its present title and address.

    The text index follows the log of changes and may be a moment late.
    """
    shown = page_index().by_id
    return [
        replace(hit, title=shown[hit.page_id].title, url=shown[hit.page_id].url)
        for hit in hits
        if hit.page_id in shown
    ]


def _mixed(query: Query) -> list[Mixed]:
    """Return what is recorded of each pair of the drugs that were named.

    Two drugs that share one name in the question are not a pair.
    """
    named = [match for match in query.certain if match.entry.target.is_named]
    drugs: dict[int, Target] = {}
    for match in named:
        # 'MDMA crystals' is one drug, because 'crystals' is an ordinary word next to a name. 'MDMA and
        # crystal' is two.
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
    """Return {code: intent} of every intent, with its page and helplines."""
    cards = Intent.objects.live().select_related("page").prefetch_related("helplines__helpline")
    return {intent.code: intent for intent in cards}


def _card(query: Query, nation: str, *, urgent: bool) -> Card | None:
    """Return the card of the first urgent, or not urgent, intent of the query; None if there is none."""
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
    """Return what a search counts as: its page, its card, or that it had no result. Its words never count."""
    counts = []
    for match in query.matches[:1]:
        target = match.entry.target
        measure = "search.concept" if match.certain else "search.near"
        counts.append((measure, content_key(target.page_id, target.kind, target.slug), ""))
    if nothing:
        counts.append(("search.zero", "", ""))
    if card:
        counts.append(("search.urgent" if card.urgent else "search.intent", card.code, ""))
    return tuple(counts)
