"""Plain values as YAML, in one form only: what fits on a line stands on one, long texts are folded."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from yaml.nodes import ScalarNode
from yaml.resolver import Resolver

from prevention.home.starter_loader.wrap import WIDTH, wrap

# Codes, names of one word, labels of models. Whatever else is text stands in quotes.
_PLAIN = re.compile(r"[A-Za-z][\w./-]*", re.ASCII)
# What can not stand in a block of text: characters that do not show, and YAML's own ends of lines.
_HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_RESOLVER = Resolver()
_TEXT = "tag:yaml.org,2002:str"


def dumped(data: Mapping[str, Any] | Sequence[Any]) -> str:
    """Return data (dicts with text keys, lists, texts, numbers, dates, true and false) as YAML."""
    return "".join(f"{line}\n" for line in _block(data, 0))


def _block(value: Mapping[str, Any] | Sequence[Any], indent: int) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, row in value.items():
            yield from _entry(f"{_scalar(key)}:", row, indent)
    else:
        for row in value:
            yield from _entry("-", row, indent)


def _entry(mark: str, value: Any, indent: int) -> Iterator[str]:
    start = " " * indent + mark
    if _is_flat(value, in_row=mark == "-" or indent > 0):
        line = f"{start} {_flow(value)}"
        has_lines = isinstance(value, str) and "\n" in value
        if not isinstance(value, str | Mapping | list) or (len(line) <= WIDTH and not has_lines):
            yield line
            return
    if isinstance(value, str):
        yield from _long_text(start, value, indent + 2)
    elif mark == "-":
        # The first line of what is inside stands beside the mark.
        inner = list(_block(value, indent + 2))
        yield start + inner[0][indent + 1 :]
        yield from inner[1:]
    else:
        yield start
        yield from _block(value, indent + 2)


def _is_flat(value: Any, *, in_row: bool) -> bool:
    """May it stand on one line? Texts and lists of them; inside another thing also named fields of these."""
    if isinstance(value, Mapping):
        return in_row and all(_is_flat(row, in_row=False) for row in value.values())
    if isinstance(value, list):
        return not any(isinstance(row, Mapping | list) for row in value)
    return True


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_scalar(key)}: {_flow(row)}' for key, row in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and _RESOLVER.resolve(ScalarNode, value, (True, False)) == _TEXT
        return value if plain else _quoted(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, int):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no plain value.")


def _quoted(text: str) -> str:
    """`text` in double quotes, as JSON and YAML have them."""
    return _HIDDEN.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(text, ensure_ascii=False))


def _long_text(start: str, text: str, indent: int) -> Iterator[str]:
    """A text that does not fit on the line of its key: as it is when it has lines of its own, else folded."""
    many = "\n" in text
    if not re.search(r"\s", text) or text != text.strip() or _HIDDEN.search(text):
        yield f"{start} {_scalar(text)}"
        return
    yield f"{start} {'|-' if many else '>-'}"
    for row in text.split("\n") if many else wrap(text, WIDTH - indent):
        yield f"{' ' * indent}{row}" if row else ""
