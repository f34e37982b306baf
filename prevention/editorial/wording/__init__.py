"""Finds the words of wording.yaml in a text: stigma, fear, and what the house never says.

Stigma and fear are found by their words and only warn. The rules of the house refuse: they speak of kinds of
words in an order (an instruction, an amount, a thing to take), so they also find what is not written yet.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from prevention.editorial.wording.plain import plain
from prevention.editorial.wording.words import Lexicon, Row

__all__ = [
    "WORDING_FILE",
    "Finding",
    "Wording",
    "WordingRule",
    "base_wording",
    "find_wording",
    "plain_words",
    "wording_rules",
]

WORDING_FILE = Path(__file__).with_name("wording.yaml")
HOUSE = "house"  # the source of the rules that nothing may go against


@dataclass(frozen=True)
class Context:
    """Words around a match that make it harmless.

    `where` they stand: before it in its sentence, in its sentence, or around it (one sentence more each way).
    """

    pattern: re.Pattern[str]
    where: str


@dataclass(frozen=True)
class WordingRule:
    """Words to avoid, why, what to write instead, who says so.

    `patterns` are for the text, `templates` for its row of words; `contexts` make a match of those harmless.
    """

    why: str
    instead: str
    source: str
    forbidden: bool
    patterns: tuple[re.Pattern[str], ...] = ()
    templates: tuple[re.Pattern[str], ...] = ()
    contexts: tuple[Context, ...] = ()

    @classmethod
    def of_words(cls, words: list[str], **said: Any) -> WordingRule:
        """Return a rule that finds these words, which `plain_words` has returned, and nothing else."""
        found = "|".join(
            re.escape(word).replace("\\ ", r"\s+") for word in sorted(words, key=len, reverse=True)
        )
        return cls(patterns=(re.compile(rf"(?:{found})(?!\w)"),) if found else (), **said)

    def found_in(self, text: str) -> bool:
        """Return whether one of its patterns matches words of a text."""
        return any(True for _ in _words(self, plain(text)[0].lower()))


@dataclass(frozen=True)
class Finding:
    """One place in a text: the words found, why they are a problem, what to write instead, who says so.

    The words stand in the text from `start` to `end`, in characters.
    """

    word: str
    why: str
    instead: str
    source: str
    is_forbidden: bool = False  # against a rule of the house: a claim of safety, a dose, a price
    start: int = 0
    end: int = 0


@dataclass(frozen=True, eq=False)
class Wording:
    """The rules of a wording file, with the words that they speak of."""

    lexicon: Lexicon
    rules: tuple[WordingRule, ...]
    allowed: frozenset[str] = frozenset()  # words that need no warning

    @classmethod
    def read(cls, data: dict[str, Any]) -> Wording:
        """Return the rules in the data of a wording file.

        Raises KeyError for a part that is missing, ValueError or re.error for a pattern that can not be read.
        """
        rows = [*data["contexts"].values(), *data["rules"]]
        texts = [*data["phrases"].values(), *(text for row in rows for text in _templates(row))]
        lexicon = Lexicon.read(data["lists"], data["spelling"], texts)
        return cls(lexicon, tuple(_rule(rule, data, lexicon) for rule in data["rules"]))

    def with_words(self, rules: list[WordingRule], *, allowed: set[str]) -> Wording:
        """Return these rules and `rules`. Words in `allowed` get no warning; what is refused stays so."""
        return Wording(self.lexicon, (*self.rules, *rules), self.allowed | allowed)

    def find(self, text: str) -> list[Finding]:
        """Return what the rules find in a text, in the order in which it stands there."""
        readable, places = plain(text)
        lowered = readable.lower()
        row = self.lexicon.row(readable, places)
        found = {}
        for rule in self.rules:
            spans = [(places[start], places[end - 1] + 1) for start, end in _words(rule, lowered)]
            for start, end in _apart([*spans, *_spans(rule, row)]):
                if not rule.forbidden and plain_words(text[start:end]) in self.allowed:
                    continue
                found[start, end, rule.why] = Finding(
                    text[start:end], rule.why, rule.instead, rule.source, rule.forbidden, start, end
                )
        return sorted(found.values(), key=lambda finding: finding.start)


def _templates(row: dict[str, Any]) -> list[str]:
    """Return the templates of a rule or a context. What the reader is told to do is looked for in one go."""
    told = " | ".join(row.get("told", ()))
    return [*row.get("words", ()), *([f"{{do}} [{told}]"] if told else [])]


def _filled(template: str, phrases: dict[str, str]) -> str:
    """Put the phrases, which may hold phrases, in the place of their {names}."""
    while "{" in template:
        template = re.sub(r"\{(\w+)\}", lambda name: f"({phrases[name[1]]})", template)
    return template


def _rule(rule: dict[str, Any], data: dict[str, Any], lexicon: Lexicon) -> WordingRule:
    def compiled(words: list[str]) -> tuple[re.Pattern[str], ...]:
        return tuple(lexicon.pattern(_filled(text, data["phrases"])) for text in words)

    contexts = [data["contexts"][name] for name in rule.get("unless", ())]
    return WordingRule(
        why=rule["why"],
        instead=rule["instead"],
        source=data["sources"][rule["source"]],
        forbidden=rule["source"] == HOUSE,
        patterns=tuple(re.compile(rf"(?:{pattern})(?!\w)") for pattern in rule.get("patterns", ())),
        templates=compiled(_templates(rule)),
        contexts=tuple(Context(p, row["where"]) for row in contexts for p in compiled(_templates(row))),
    )


def _words(rule: WordingRule, lowered: str) -> Iterator[tuple[int, int]]:
    """Yield where the patterns of a rule match whole words of a text in small letters.

    The start of the word is looked at afterwards: before a pattern it makes the search five times slower.
    """
    for pattern in rule.patterns:
        for start, end in (match.span() for match in pattern.finditer(lowered)):
            if not lowered[start - 1 : start].isalnum():
                yield start, end


def _spans(rule: WordingRule, row: Row) -> Iterator[tuple[int, int]]:
    """Yield where the templates of a rule match and nothing around makes the match harmless."""
    for template in rule.templates:
        for match in template.finditer(row.signs):
            start, end = match.span("mark" if "mark" in template.groupindex else 0)
            if not any(_holds(context, row, start, end) for context in rule.contexts):
                yield row.spans[start][0], row.spans[end - 1][1]


def _holds(context: Context, row: Row, start: int, end: int) -> bool:
    """Return whether a context stands around the words from start to end of a row."""
    first, last = row.sentence(start, end, around=1 if context.where == "around" else 0)
    return bool(context.pattern.search(row.signs, first, start if context.where == "before" else last))


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Leave out what lies within, or overlaps, what was found before it."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def plain_words(text: str) -> str:
    """Return words in small letters, without typography and with single spaces, to compare them."""
    return " ".join(plain(text)[0].lower().split())


@functools.cache
def base_wording() -> Wording:
    """Return the rules of wording.yaml. Raises KeyError, ValueError or re.error when the file is wrong."""
    return Wording.read(yaml.safe_load(WORDING_FILE.read_text(encoding="utf-8")))


def wording_rules() -> tuple[WordingRule, ...]:
    """Return the rules of wording.yaml."""
    return base_wording().rules


def find_wording(text: str, wording: Wording | None = None) -> list[Finding]:
    """Return what the rules find in a text, in the order in which it stands there.

    `wording`: the rules to use; None: those of wording.yaml, without the words of the editors.
    """
    return list(_found(wording or base_wording(), text))


@functools.lru_cache(maxsize=2048)
def _found(wording: Wording, text: str) -> tuple[Finding, ...]:
    # Remembered, because a text is asked in its form, when it is saved, and again beside each later version.
    return tuple(wording.find(text))
