"""Understand: a text becomes a Query. Pure: it is given the lexicon and touches nothing else.

A name counts as recognised when it stands in the text whole. A prefix or a likely misspelling is only ever a
suggestion: two edits can lie between two drugs, and a wrong drug named as right can hurt.
"""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from search.lexicon import Entry, Lexicon
from search.text import words_of

SHORTEST_FUZZY = 4  # characters; shorter slang is matched exactly, or everything would look like it
SHORTEST_PREFIX = 3
MOST_SUGGESTIONS = 5
# Likeness (1 - edits / length) that a misspelling must reach. Measured: at .75, 9 of 40 unknown drug names
# have a wrong neighbour, which is why such a match is never more than a question.
LIKENESS = 0.75


@dataclass(frozen=True)
class Match:
    """A name that the text holds (`certain`) or may mean. `how`: exact, prefix or near."""

    entry: Entry
    typed: str
    how: str
    likeness: float = 1.0

    @property
    def certain(self) -> bool:
        return self.how == "exact"


@dataclass(frozen=True)
class Query:
    """What was understood of a text."""

    words: tuple[str, ...]
    matches: tuple[Match, ...]
    urgent: str  # code of the urgent card, or ""

    @property
    def is_empty(self) -> bool:
        return not self.words


def understand(text: str, lexicon: Lexicon) -> Query:
    """Recognise the names and the urgency in `text`. Any string is allowed."""
    words = tuple(words_of(text))
    exact = _exact(words, lexicon)
    # With a name found, what is left of a question is not searched for other names.
    guesses = [] if exact else _guesses(words, lexicon)
    return Query(words, tuple(_one_per_page([*exact, *guesses])), _urgent(words, lexicon))


def _exact(words: tuple[str, ...], lexicon: Lexicon) -> list[Match]:
    """Whole names in the text, the longest first, none inside another."""
    matches: list[Match] = []
    covered: set[int] = set()
    for length in range(min(lexicon.longest, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            span = set(range(start, start + length))
            if span & covered:
                continue
            typed = " ".join(words[start : start + length])
            entries = _named(typed, lexicon)
            # A single ambiguous word ('gas', 'k') inside a longer sentence is too weak a sign.
            if entries and len(words) > length and all(entry.ambiguous for entry in entries):
                continue
            if entries:
                covered |= span
                matches += [Match(entry, typed, "exact") for entry in entries]
    return matches


def _named(typed: str, lexicon: Lexicon) -> tuple[Entry, ...]:
    """The entries of a folded name; a plural finds its singular."""
    found = lexicon.by_name.get(typed)
    if not found and typed.endswith("s") and len(typed) >= SHORTEST_FUZZY:
        found = lexicon.by_name.get(typed[:-1])
    return found or ()


def _guesses(words: tuple[str, ...], lexicon: Lexicon) -> list[Match]:
    """Names that the whole text begins, and names that it, or one of its words, nearly spells."""
    whole = " ".join(words)
    guesses: list[Match] = []
    for typed in list(dict.fromkeys([whole, *words]))[:10]:
        guesses += _near(typed, lexicon)
    guesses.sort(key=lambda match: -match.likeness)
    # What a name begins with is typed on purpose; what only looks like a name may be another one.
    guesses = sorted(_prefixes(whole, lexicon), key=lambda match: -match.likeness) + guesses
    return guesses[: MOST_SUGGESTIONS * 3]


def _prefixes(typed: str, lexicon: Lexicon) -> list[Match]:
    if len(typed) < SHORTEST_PREFIX:
        return []
    return [
        Match(entry, typed, "prefix", len(typed) / len(name))
        for name, entries in lexicon.by_name.items()
        if name.startswith(typed) and name != typed
        for entry in entries
    ]


def _near(typed: str, lexicon: Lexicon) -> list[Match]:
    if len(typed) < SHORTEST_FUZZY:
        return []
    found = process.extract(
        typed,
        lexicon.names,
        scorer=OSA.normalized_similarity,
        score_cutoff=LIKENESS,
        limit=MOST_SUGGESTIONS,
        processor=None,
    )
    return [
        Match(entry, typed, "near", float(score))
        for name, score, _ in found
        if len(name) >= SHORTEST_FUZZY
        for entry in lexicon.by_name[name]
    ]


def _one_per_page(matches: list[Match]) -> list[Match]:
    """The first match of each page."""
    seen: dict[int, Match] = {}
    for match in matches:
        seen.setdefault(match.entry.page_id, match)
    certain = [match for match in seen.values() if match.certain]
    return certain or list(seen.values())[:MOST_SUGGESTIONS]


def _urgent(words: tuple[str, ...], lexicon: Lexicon) -> str:
    """The code of the urgent card whose phrase stands in the text as whole words; the lowest order wins."""
    text = f" {' '.join(words)} "
    hits = [phrase for phrase in lexicon.phrases if f" {phrase.folded} " in text]
    return min(hits, key=lambda phrase: phrase.order).intent if hits else ""
