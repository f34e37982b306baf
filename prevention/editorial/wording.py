"""Finds words to avoid in a text, by the rules of wording.yaml: stigma, fear, claims of safety, doses."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

WORDING_FILE = Path(__file__).with_name("wording.yaml")
HOUSE = "house"  # the source of our own rules: a mixing record that breaks one is refused
NEGATION = re.compile(
    r"\b(?:no|not|never|nothing|none|cannot|without|neither|nor|unlikely)\b|n['\u2019]t\b", re.IGNORECASE
)
SENTENCE_END = re.compile(r"[.!?\n]")


@dataclass(frozen=True)
class WordingRule:
    """A rule of wording.yaml: the words to avoid, the reason, what to write instead, and its source."""

    pattern: re.Pattern[str]
    why: str
    instead: str
    source: str
    cleared_by_negation: bool
    forbidden: bool


@dataclass(frozen=True)
class Finding:
    """A match in a text: the words found, the reason, what to write instead, and the rule's source."""

    word: str
    why: str
    instead: str
    source: str
    is_forbidden: bool = False  # breaks a rule of our own: a claim of safety, a dose, a price


@functools.cache
def wording_rules() -> tuple[WordingRule, ...]:
    """Return the rules of wording.yaml. Raises KeyError or re.error when the file has a mistake."""
    data: dict[str, Any] = yaml.safe_load(WORDING_FILE.read_text(encoding="utf-8"))
    return tuple(
        WordingRule(
            pattern=re.compile(rf"(?<!\w)(?:{'|'.join(rule['patterns'])})(?!\w)", re.IGNORECASE),
            why=rule["why"],
            instead=rule["instead"],
            source=data["sources"][rule["source"]],
            cleared_by_negation=rule.get("cleared_by_negation", False),
            forbidden=rule["source"] == HOUSE,
        )
        for rule in data["rules"]
    )


def find_wording(text: str) -> list[Finding]:
    """Return every match of the rules in a text, in the order of the text."""
    found = [
        (match.start(), Finding(match.group(), rule.why, rule.instead, rule.source, rule.forbidden))
        for rule in wording_rules()
        for match in rule.pattern.finditer(text)
        if not (rule.cleared_by_negation and _is_negated(text, match))
    ]
    return [finding for _, finding in sorted(found, key=lambda place: place[0])]


def _is_negated(text: str, match: re.Match[str]) -> bool:
    """Return whether the same sentence has a "not" or similar word before the match."""
    sentence_so_far = SENTENCE_END.split(text[: match.start()])[-1]
    return bool(NEGATION.search(sentence_so_far))
