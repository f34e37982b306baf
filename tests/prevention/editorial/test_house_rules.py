"""The rules of the house refuse what they should and pass what they should, however it is typed."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from prevention.editorial.wording import WORDING_FILE, Wording, find_wording, wording_rules
from prevention.home.starter_loader import STARTER
from prevention.home.starter_loader.files import read, read_page

HERE = Path(__file__).parent
# Written before the rules; by somebody who had not seen them; of other kinds, each before rules for its kind.
FILES = ("house_rules.csv", "house_rules_more.csv", "house_rules_own.csv")


def rows(verdict: str) -> list[str]:
    """The sentences of all files that have a verdict."""
    found = []
    for name in FILES:
        with (HERE / name).open(encoding="utf-8", newline="") as file:
            found += [row["sentence"] for row in csv.DictReader(file) if row["verdict"] == verdict]
    return found


REFUSE, PASS = rows("refuse"), rows("pass")


def refused(text: str) -> list[str]:
    """The words in a text that go against a rule of the house."""
    return [finding.word for finding in find_wording(text) if finding.is_forbidden]


@pytest.mark.parametrize("sentence", REFUSE)
def test_what_the_house_never_says_is_refused(sentence: str) -> None:
    assert refused(sentence)


@pytest.mark.parametrize("sentence", PASS)
def test_what_the_house_says_passes(sentence: str) -> None:
    assert refused(sentence) == []


def test_the_sentences_are_enough() -> None:
    assert len(REFUSE) >= 300
    assert len(PASS) >= 280


def test_a_sentence_is_found_inside_a_page() -> None:
    # Not one after another: what stands around a sentence may make it harmless.
    page = "This page is about the law.\n\n## What it does\n\n- It makes you sleepy.\n- {}\n\nTake care."
    assert [sentence for sentence in REFUSE if not refused(page.format(sentence))] == []


WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}

TYPED: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "curly quotes": lambda text: text.replace("'", "\u2019").replace('"', "\u201c"),
    "straight quotes": lambda text: text.replace("\u2019", "'").replace("\u201c", '"').replace("\u201d", '"'),
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "two spaces": lambda text: text.replace(" ", "  "),
    "broken lines": lambda text: re.sub(r"(?<=[a-z]) (?=[a-z])", "\n", text),
    "zero-width spaces": lambda text: re.sub(r"(?<=\w)(?=\w)", "\u200b", text),
    "soft hyphens": lambda text: re.sub(r"(?<=\w\w)(?=\w\w)", "\u00ad", text),
    "no-break hyphens": lambda text: text.replace("-", "\u2011"),
    "full-width letters and digits": lambda text: text.translate(WIDE),
    "accents": lambda text: re.sub(r"(?<=[aeiou])", "\u0301", text),
    "bold": lambda text: re.sub(r"\b(\w{4,})\b", r"**\1**", text),
    "units apart": lambda text: re.sub(r"(?<=\d) ?mg\b", " m.g", text).replace("£", "£ "),
}


@pytest.mark.parametrize("typed", TYPED.values(), ids=TYPED)
def test_typing_does_not_hide_it(typed: Callable[[str], str]) -> None:
    assert [typed(sentence) for sentence in REFUSE if not refused(typed(sentence))] == []


@given(
    st.sampled_from(REFUSE),
    st.lists(st.tuples(st.integers(0, 200), st.sampled_from("\u200b\u200c\u200d\u00ad\u2060\ufeff\u0301"))),
)
def test_unseen_characters_hide_nothing(sentence: str, unseen: list[tuple[int, str]]) -> None:
    text = sentence
    for place, char in unseen:
        text = text[:place] + char + text[place:]
    assert refused(text)


@pytest.mark.parametrize(
    "amount", ["50mg", "50 mg", "50 m g", "50 m.g.", "50 MG", "fifty milligrams", "50\u00a0mg"]
)
def test_an_amount_is_found_however_it_is_written(amount: str) -> None:
    assert refused(f"Take {amount} of it.")
    assert refused(f"Take {amount.translate(WIDE)} of it.")


@pytest.mark.parametrize(
    "price", ["£5", "£ 5", "£5.00", "5 quid", "five pounds", "a fiver", "\uffe15", "50p"]
)
def test_a_price_is_found_however_it_is_written(price: str) -> None:
    assert refused(f"It is {price} a pill.")


@given(st.sampled_from([*REFUSE, *PASS]), st.sampled_from(list(TYPED.values())))
def test_a_finding_says_where_its_words_stand(sentence: str, typed: Callable[[str], str]) -> None:
    text = f"\u201cSo\u201d \u2013 {typed(sentence)}"
    for finding in find_wording(text):
        assert text[finding.start : finding.end] == finding.word
        assert finding.word.strip()


LONG = (
    "a ",
    "1 ",
    "12",
    "£",
    "not ",
    "take two ",
    "take, ",
    "\u200b",
    "('",
    ". ",
    "it is safe ",
    "and half of ",
)


@pytest.mark.parametrize("part", LONG)
def test_no_text_keeps_the_rules_busy(part: str) -> None:
    """Each repetition in each rule has a bound, so that time grows with the text and no faster."""
    for rule in wording_rules():
        for template in (*rule.templates, *(context.pattern for context in rule.contexts)):
            assert not re.search(r"[*+]|,\}", template.pattern)
    assert isinstance(find_wording(part * (50_000 // len(part))), list)


# Addresses, names and what only editors read.
NOT_READ = frozenset(
    {"url", "source_url", "source_title", "source_publisher", "publisher", "sources", "phrases", "citations"}
    | {"search_lists", "names", "slug", "code", "search_keywords", "words"}
)


def texts(value: Any) -> Iterator[str]:
    """Every text that a reader may read in a value of a YAML file of the starter."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for row in value:
            yield from texts(row)
    elif isinstance(value, dict):
        for key, row in value.items():
            if key not in NOT_READ:
                yield from texts(row)


STARTER_FILES = sorted([*STARTER.glob("*.yaml"), *STARTER.glob("*/*.md")])


def test_the_starter_is_there() -> None:
    assert len(STARTER_FILES) > 170


@pytest.mark.parametrize("path", STARTER_FILES, ids=lambda path: path.name)
def test_nothing_in_the_starter_is_refused(path: Path) -> None:
    """Every text field, each on its own as the editor fills it in; no page and no field is left out."""
    source = read_page(path) if path.suffix == ".md" else read(path)
    assert {text: words for text in texts(source.data) if (words := refused(text))} == {}


def test_a_list_that_there_is_not_is_named() -> None:
    data = yaml.safe_load(WORDING_FILE.read_text(encoding="utf-8"))
    data["rules"][-1]["words"] = ["<no such list>"]
    with pytest.raises(ValueError, match="no list of words called no such list"):
        Wording.read(data)


def test_a_list_can_be_made_longer() -> None:
    data = yaml.safe_load(WORDING_FILE.read_text(encoding="utf-8"))
    sentence = "You can safely snarf it."
    assert Wording.read(data).find(sentence) == []
    data["lists"]["verbs"]["takeit"] += ", snarf"
    assert [finding.word for finding in Wording.read(data).find(sentence)] == ["safely snarf"]


def test_a_rule_that_can_not_be_read_is_shown() -> None:
    data = yaml.safe_load(WORDING_FILE.read_text(encoding="utf-8"))
    data["rules"][-1]["words"] = ["take %% of"]
    with pytest.raises(ValueError, match="Can not read"):
        Wording.read(data)
