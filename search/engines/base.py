"""What every engine does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

# Marks round the words found, put there by the engine and turned into <mark> after escaping.
OPEN, CLOSE = "\u0002", "\u0003"
SNIPPET_WORDS = 30
# Other words that may stand between those looked for: about a sentence. Far apart they say nothing.
APART = 12

# The readers of the log of changes (settings.LOG_READERS) for the index in the database and that of a server.
INDEX_READER = "search index"
SERVER_READER = "search server"

Facets = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Document:
    """What is indexed of one page."""

    page_id: int
    kind: str
    audience: str
    slug: str
    url: str
    title: str
    names: str
    summary: str
    body: str
    stamp: str = ""  # the place in the log of changes that it was made at


@dataclass(frozen=True)
class Hit:
    """One page found. A higher score is better; the snippet has OPEN and CLOSE round the words found.

    `stamp` is that of the document, where the engine keeps documents of its own.
    """

    page_id: int
    kind: str
    audience: str
    slug: str
    url: str
    title: str
    summary: str
    snippet: str
    score: float
    stamp: str = ""


@dataclass(frozen=True)
class Found:
    """The best hits, and how many pages there are of each kind and audience, whatever the filters.

    Of a word that very many pages hold, an engine may stop counting after some hundreds.
    """

    hits: list[Hit] = field(default_factory=list)
    facets: Facets = field(default_factory=lambda: {"kind": {}, "audience": {}})


@dataclass(frozen=True)
class Health:
    """How an engine is: its name, whether it answers, how many documents it holds."""

    engine: str
    ok: bool
    documents: int
    detail: str = ""


class SearchEngine(Protocol):
    """Search page texts. Every method takes any text and raises nothing on account of it."""

    def search(
        self,
        words: Sequence[str],
        *,
        kinds: Sequence[str] = (),
        audiences: Sequence[str] = (),
        limit: int = 20,
    ) -> Found:
        """Pages that hold all of these folded words (by their stems) close together.

        Names are for `suggest` alone: who typed one has been understood already. `kinds` and `audiences` keep
        only such pages among the hits; empty ones keep all.
        """

    def suggest(self, prefix: str, *, limit: int = 8) -> list[Hit]:
        """Pages in whose title or names a word begins with each word of `prefix`."""

    def health(self) -> Health:
        """Whether it can answer now. Raises nothing."""


class SearchIndex(SearchEngine, Protocol):
    """An engine that holds the documents itself."""

    def index(self, documents: Iterable[Document]) -> None:
        """Add documents, replacing those of the same pages."""

    def delete(self, page_ids: Sequence[int]) -> None:
        """Remove pages; unknown ones are passed over."""

    def rebuild(self, documents: Iterable[Document]) -> None:
        """Replace the whole index by these documents. It answers throughout, from the old or the new."""


def counted(pages: Iterable[tuple[str, str]]) -> Facets:
    """Facets of pages (kind, audience)."""
    facets: Facets = {"kind": {}, "audience": {}}
    for kind, audience in pages:
        for name, value in (("kind", kind), ("audience", audience)):
            facets[name][value] = facets[name].get(value, 0) + 1
    return facets
