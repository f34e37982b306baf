"""What every engine does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

# Marks round the words found, put there by the engine and turned into <mark> after escaping.
OPEN, CLOSE = "\u0002", "\u0003"
SNIPPET_WORDS = 30


@dataclass(frozen=True)
class Document:
    """What is indexed of one page."""

    page_id: int
    kind: str
    slug: str
    url: str
    title: str
    names: str
    summary: str
    body: str


@dataclass(frozen=True)
class Hit:
    """One page found. A higher score is better; the snippet has OPEN and CLOSE round the words found."""

    page_id: int
    kind: str
    slug: str
    url: str
    title: str
    summary: str
    snippet: str
    score: float


class SearchEngine(Protocol):
    """Index and search page texts. Every method takes any text and raises nothing on account of it."""

    def index(self, documents: Iterable[Document]) -> None:
        """Add documents, replacing those of the same pages."""

    def delete(self, page_ids: Sequence[int]) -> None:
        """Remove pages; unknown ones are passed over."""

    def rebuild(self, documents: Iterable[Document]) -> None:
        """Replace the whole index by these documents."""

    def search(self, words: Sequence[str], *, limit: int = 20) -> list[Hit]:
        """Pages that hold some of these folded words; those that hold all of them come first."""
