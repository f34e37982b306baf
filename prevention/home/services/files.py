"""The files of starter content: read, and every mistake told with its file, line and field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import SafeConstructor

# The parser of libyaml, where PyYAML comes with it, is ten times as fast: a hundred files are a second.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class StarterError(ValueError):
    """The starter content has mistakes; `problems` says each with its file, line and field."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Source:
    """One YAML file: its data, and the line of each key ("names") and row ("names.2", "sources.frank")."""

    path: Path
    data: Any
    lines: dict[str, int] = field(default_factory=dict)

    def problem(self, key: str, message: str) -> str:
        """A sentence that says where the mistake is."""
        line = self.lines.get(key) or self.lines.get(key.partition(".")[0], 1)
        return f"{self.path.name}, line {line}, {key}: {message}"


def read(path: Path) -> Source:
    """Parse one file. Raises StarterError with the line when it is not YAML."""
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=LOADER)
        data = SafeConstructor().construct_document(node) if node else None
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise StarterError([f"{path.name}, line {line}: this is not valid YAML ({error})."]) from error
    return Source(path, data, dict(_lines(node, "")))


def _lines(node: yaml.Node | None, above: str) -> Iterator[tuple[str, int]]:
    """(place, line) of every key and row of the first two levels."""
    if isinstance(node, yaml.MappingNode):
        inner = [(str(key.value), key.start_mark.line, value) for key, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        inner = [(str(number), row.start_mark.line, row) for number, row in enumerate(node.value, start=1)]
    else:
        return
    for name, line, value in inner:
        yield f"{above}{name}", line + 1
        if not above:
            yield from _lines(value, f"{name}.")


def rows_of(source: Source, key: str) -> list[dict[str, Any]]:
    """The rows of a snippet file. Raises StarterError when it holds anything else."""
    rows = source.data.get(key, []) if key and isinstance(source.data, dict) else source.data
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise StarterError([source.problem(key or "rows", "give a list of rows, each with named fields.")])
    return rows
