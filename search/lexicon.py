"""The names of everything that has a page, folded, in memory; and the urgent phrases.

After a publication every worker reads them anew with its next search.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from prevention.core.derived import per_version
from prevention.core.models import BasePage
from prevention.core.review import page_models
from search.models import UrgentIntent
from search.text import fold


@dataclass(frozen=True)
class Entry:
    """One name of one page. `name` is as written, `folded` as compared."""

    name: str
    folded: str
    name_kind: str  # title, street, brand ...
    ambiguous: bool
    page_id: int
    page_kind: str
    slug: str
    title: str
    summary: str
    url: str


@dataclass(frozen=True)
class Phrase:
    """One urgent phrase, folded, with the card it calls for. A lower order wins."""

    folded: str
    intent: str
    order: int


@dataclass(frozen=True)
class Lexicon:
    """Every name by its folded form, and the urgent phrases."""

    by_name: dict[str, tuple[Entry, ...]]
    phrases: tuple[Phrase, ...]
    longest: int = field(default=1)  # words in the longest name

    @property
    def names(self) -> list[str]:
        return list(self.by_name)


@per_version
def lexicon() -> Lexicon:
    """Every published page's names and every urgent phrase."""
    by_name: dict[str, list[Entry]] = {}
    for entry in _entries():
        if entry.folded:
            by_name.setdefault(entry.folded, []).append(entry)
    phrases = [
        Phrase(folded, intent.code, intent.order)
        for intent in UrgentIntent.objects.all()
        for folded in (fold(phrase) for phrase in intent.phrase_list)
        if folded
    ]
    longest = max((len(name.split()) for name in by_name), default=1)
    return Lexicon({name: tuple(rows) for name, rows in by_name.items()}, tuple(phrases), longest)


def searchable(model: type[BasePage]) -> Iterable[BasePage]:
    """The published, unrestricted pages of one type, with their names."""
    pages = model.objects.live().public()
    return pages.prefetch_related("names") if hasattr(model, "names") else pages


def _entries() -> Iterator[Entry]:
    for model in page_models():
        if model.kind in {"home", "index", "finder", "topics", "changes"}:
            continue  # doors to other pages; nobody searches for them by name
        for page in searchable(model):
            for name in page.search_names():
                yield Entry(
                    # A name that must not be shown is known by its folded form only.
                    name=name.name if name.shown else page.title,
                    folded=fold(name.name),
                    name_kind=name.kind if name.shown else "title",
                    ambiguous=name.ambiguous,
                    page_id=page.pk,
                    page_kind=page.kind,
                    slug=page.slug,
                    title=page.title,
                    summary=page.summary,
                    url=page.get_url() or "/",
                )
