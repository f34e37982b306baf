"""The files of starter content: read, and every mistake told with its file, line and field.

A page is a Markdown file: facts in its front matter (YAML between two lines of ---), then a heading of level
one for each text. Two YAML files may stand beside it, with its names and its sources. All else is YAML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import SafeConstructor

from prevention.home.starter_loader.layout import BESIDE, PAGE_ORDER, headings

# The parser of libyaml, where PyYAML comes with it, is ten times as fast: a hundred files are a second.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
FENCE = "---\n"
HEADING = re.compile(r"^# +(\S.*?) *$", re.MULTILINE)


class StarterError(ValueError):
    """The starter content has mistakes; `problems` says each with its file, line and field."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Source:
    """What one file holds, and the line of each key ("names") and row ("names.2", "sources.frank").

    Of a page, `data` holds its texts too, and what stands in the files `beside` it.
    """

    path: Path
    data: Any
    lines: dict[str, int] = field(default_factory=dict)
    beside: tuple[Source, ...] = ()

    def problem(self, key: str, message: str) -> str:
        """A sentence that says where the mistake is."""
        top = key.partition(".")[0]
        there = next((source for source in self.beside if top in source.lines), self)
        line = there.lines.get(key) or there.lines.get(top, 1)
        return f"{there.path.name}, line {line}, {key}: {message}"


def read(path: Path) -> Source:
    """Parse one YAML file. Raises StarterError with the line when it is not YAML."""
    return _parsed(path, _text(path))


def read_page(path: Path) -> Source:
    """Parse the Markdown file of one page, and what stands beside it.

    Raises StarterError with every mistake in how these files are built.
    """
    text = _text(path)
    end = text.find(f"\n{FENCE}", len(FENCE) - 1) if text.startswith(FENCE) else -1
    if end < 0:
        what = "begin with the facts of the page, as YAML between two lines of three hyphens (---)."
        raise StarterError([f"{path.name}, line 1: {what}"])
    front = _parsed(path, text[: end + 1])
    if not isinstance(front.data, dict) or front.data.get("model") not in PAGE_ORDER:
        raise StarterError([front.problem("model", f"give one of {', '.join(PAGE_ORDER)}.")])
    sections, problems = _sections(front, text, end + 1 + len(FENCE))
    beside = tuple(read(file) for part in BESIDE if (file := path.with_suffix(f".{part}.yaml")).exists())
    problems += [problem for source in (front, *beside) for problem in _misplaced(source)]
    if problems:
        raise StarterError(problems)
    data = front.data | {name: words for name, (_, words) in sections.items()}
    for source in beside:
        data |= source.data
    lines = front.lines | {name: line for name, (line, _) in sections.items()}
    return Source(path, data, lines, beside)


def read_pages(folder: Path) -> list[Source]:
    """Read every page of a folder of starter content, those of a type together, in the order of loading.

    Raises StarterError with the mistakes of all files, files that belong to no page among them.
    """
    found, problems = [], []
    for path in sorted(folder.glob("*/*.md")):
        try:
            found.append(read_page(path))
        except StarterError as error:
            problems += error.problems
    for path in sorted(folder.glob("*/*.yaml")):
        name, _, part = path.stem.rpartition(".")
        if part not in BESIDE or not path.with_name(f"{name}.md").exists():
            problems.append(
                f"{path.name}, line 1: no page stands beside this file, so nothing would read it."
            )
    if problems:
        raise StarterError(problems)
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise StarterError([f"{path.name}, line {line}: this is not text in UTF-8 ({error})."]) from error


def _parsed(path: Path, text: str) -> Source:
    try:
        node = yaml.compose(text, Loader=LOADER)
        data = SafeConstructor().construct_document(node) if node else None
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise StarterError([f"{path.name}, line {line}: this is not valid YAML ({error})."]) from error
    lines: dict[str, int] = {}
    for place, line in _lines(node, ""):
        if place in lines:
            raise StarterError([f"{path.name}, line {line}, {place}: this stands here twice."])
        lines[place] = line
    return Source(path, data, lines)


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


def _sections(front: Source, text: str, start: int) -> tuple[dict[str, tuple[int, str]], list[str]]:
    """Return {field: (line of its heading, its Markdown)} of `text` from `start` on, and the mistakes."""
    known = headings(front.data["model"])
    matches = list(HEADING.finditer(text, start))
    found: dict[str, tuple[int, str]] = {}
    problems = []
    for number, match in enumerate(matches):
        line = text.count("\n", 0, match.start()) + 1
        name = known.get(match[1])
        if name is None:
            told = (
                f"use one of these headings: {', '.join(known)}."
                if known
                else "a page of its type has no text."
            )
        elif name in found:
            told = "this heading stands here twice."
        else:
            end = matches[number + 1].start() if number + 1 < len(matches) else len(text)
            found[name] = (line, text[match.end() : end].strip("\n"))
            continue
        problems.append(f"{front.path.name}, line {line}, {match[1]}: {told}")
    before = text[start : matches[0].start() if matches else len(text)]
    if before.strip():
        line = text.count("\n", 0, start + len(before) - len(before.lstrip())) + 1
        told = "this text stands under no heading of level one (# and the name of the field)."
        problems.append(f"{front.path.name}, line {line}: {told}")
    return found, problems


def _misplaced(source: Source) -> Iterator[str]:
    """What is said in one file of a page and belongs in another one of its files."""
    if not isinstance(source.data, dict):
        yield source.problem("names", "give named fields.")
        return
    part = source.path.stem.rpartition(".")[2] if source.path.suffix == ".yaml" else ""
    stem = source.path.name.removesuffix(f".{part}.yaml" if part else ".md")
    homes = {name: f"{stem}.{other}.yaml" for other, names in BESIDE.items() for name in names}
    if not part:
        texts = {name: heading for heading, name in headings(source.data["model"]).items()}
        homes |= {name: f"the text, under '# {heading}'" for name, heading in texts.items()}
    for name in source.data:
        home = homes.get(name, f"{stem}.md")
        if home != source.path.name:
            yield source.problem(str(name), f"this belongs in {home}.")


def rows_of(source: Source, key: str) -> list[dict[str, Any]]:
    """The rows of a snippet file. Raises StarterError when it holds anything else."""
    rows = source.data.get(key, []) if key and isinstance(source.data, dict) else source.data
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise StarterError([source.problem(key or "rows", "give a list of rows, each with named fields.")])
    return rows
