"""YAML as the export writes it: what is read from it is what was given, in lines of the usual length."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from prevention.home.starter_loader.yaml_text import dumped

LONG = "word " * 30 + "end"
PARAGRAPHS = "one\n\ntwo\n  three " + "x" * 120


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (
            {"a": "plain", "b": "two words", "c": "no", "d": "1e3"},
            'a: plain\nb: "two words"\nc: "no"\nd: "1e3"\n',
        ),
        ({"a": 1, "b": True, "c": datetime.date(2026, 11, 24)}, "a: 1\nb: true\nc: 2026-11-24\n"),
        ({"a": ["x", "y z"]}, 'a: [x, "y z"]\n'),
        ({"a": [{"b": "c", "d": ["e"]}]}, "a:\n  - {b: c, d: [e]}\n"),
        ({"a": {"b": {"c": "d"}}}, "a:\n  b: {c: d}\n"),
        ({"a": "x" * 120}, f"a: {'x' * 120}\n"),
        ({"a": '# it\'s "so"'}, 'a: "# it\'s \\"so\\""\n'),
        ([{"a": "b"}], "- {a: b}\n"),
        ({"a": "one\ntwo"}, "a: |-\n  one\n  two\n"),
    ],
)
def test_what_is_short_stands_on_one_line(data: Any, text: str) -> None:
    assert dumped(data) == text
    assert yaml.safe_load(text) == data


def test_a_long_text_is_folded() -> None:
    text = dumped({"rows": [{"first": LONG, "second": "x"}], "last": LONG})
    assert yaml.safe_load(text) == {"rows": [{"first": LONG, "second": "x"}], "last": LONG}
    assert max(map(len, text.splitlines())) <= 110
    assert text.startswith("rows:\n  - first: >-\n      word word")


def test_what_is_no_plain_value_is_refused() -> None:
    with pytest.raises(TypeError, match="complex is no plain value"):
        dumped({"a": 1j})


ANY = st.characters(exclude_categories=["Cs"])
TEXT = st.text(ANY, max_size=200) | st.text("ab -:#'\"\\\n>|[]{}&*!%@`, ", max_size=200)
ODD = st.sampled_from([LONG, PARAGRAPHS, "null", "~", "", "on", "=", "<<"])
SCALAR = TEXT | ODD | st.booleans() | st.integers() | st.dates()
LIST = st.lists(SCALAR, min_size=1, max_size=4)
ROW = st.dictionaries(TEXT.filter(lambda key: len(key) < 20), SCALAR | LIST, min_size=1, max_size=4)
DATA = st.dictionaries(st.sampled_from("abc"), SCALAR | LIST | ROW | st.lists(ROW, min_size=1), min_size=1)


@given(DATA)
def test_whatever_is_written_is_read_again(data: dict[str, Any]) -> None:
    assert yaml.safe_load(dumped(data)) == data
