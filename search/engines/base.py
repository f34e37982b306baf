"""The interface of the search engines, and the values that they take and return."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

# An engine puts these marks round the words it found; they become <mark> after the text has been escaped.
OPEN, CLOSE = "\u0002", "\u0003"
SNIPPET_WORDS = 30
# How many other words may stand between the words of a query: about a sentence. Words that are further apart
# in a text seldom belong together.
APART = 12

# The names of the two readers of the log of changes (settings.LOG_READERS): one keeps the index in the
# database, the other the index of a search server.
INDEX_READER = "search index"
SERVER_READER = "search server"

Facets = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Document:
    """The texts of one page that are indexed. `audience` is a value of Audience, `kind` that of the page."""

    page_id: int
    kind: str
    audience: str
    slug: str
    url: str
    title: str
    names: str
    summary: str
    body: str
    stamp: str = ""  # the position in the log of changes (a Cursor as text) at which the page was read


@dataclass(frozen=True)
class Hit:
    """One page that was found. A higher score is better; `snippet` has OPEN and CLOSE round the words found.

    `stamp` is the stamp of the document, if the engine keeps documents outside the database; else "".
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
    """The best hits, and the number of pages of each kind and audience before the filters are applied.

    An engine may stop counting after some hundreds of pages.
    """

    hits: list[Hit] = field(default_factory=list)
    facets: Facets = field(default_factory=lambda: {"kind": {}, "audience": {}})


@dataclass(frozen=True)
class Health:
    """The state of an engine: its name, whether it answers, the number of its documents, details if any."""

    engine: str
    ok: bool
    documents: int
    detail: str = ""


class SearchEngine(Protocol):
    """Searches page texts. No text or word that is passed in makes a method raise."""

    def search(
        self,
        words: Sequence[str],
        *,
        kinds: Sequence[str] = (),
        audiences: Sequence[str] = (),
        limit: int = 20,
    ) -> Found:
        """Return the pages that hold the stems of all `words` close together, best first.

        `words` are folded (search.language.text.fold). Titles, summaries and bodies are searched, not names:
        a name that was typed has been recognised before. `kinds` and `audiences` restrict the hits, but not
        the facets; an empty one restricts nothing. At most `limit` hits are returned.
        """

    def suggest(self, prefix: str, *, limit: int = 8) -> list[Hit]:
        """Return the pages whose title or names have, for each word of `prefix`, a word that begins with it.

        Best first, at most `limit`.
        """

    def health(self) -> Health:
        """Return whether the engine can answer now. Never raises."""


class SearchIndex(SearchEngine, Protocol):
    """An engine that stores the documents itself."""

    def index(self, documents: Iterable[Document]) -> None:
        """Add documents, replacing those of the same pages."""

    def delete(self, page_ids: Sequence[int]) -> None:
        """Remove the pages with these ids; ids that are not in the index are ignored."""

    def rebuild(self, documents: Iterable[Document]) -> None:
        """Replace the whole index by these documents.

        Searches are answered meanwhile, from the old index until the new one is complete.
        """


def counted(pages: Iterable[tuple[str, str]]) -> Facets:
    """Return the number of pages of each kind and audience; `pages` are pairs (kind, audience)."""
    facets: Facets = {"kind": {}, "audience": {}}
    for kind, audience in pages:
        for name, value in (("kind", kind), ("audience", audience)):
            facets[name][value] = facets[name].get(value, 0) + 1
    return facets
