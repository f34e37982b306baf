"""Stored rich text as a tree, in which two texts are equal when a reader sees the same."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

BLOCKS = frozenset({"p", "h2", "h3", "h4", "ul", "ol", "li"})
ALIKE = {"b": "strong", "i": "em"}  # an editor's form writes the one, Markdown the other
SPACE = re.compile(r"[ \t\r\n\f]+")  # not the space that does not break


@dataclass
class Element:
    """An element of HTML, as far as a reader can tell: space that shows nowhere is left out."""

    tag: str
    href: str = ""
    inside: list[Element | str] = field(default_factory=list)


def parsed(html: str) -> Element:
    """Return the tree of some clean HTML; two are equal when readers see the same."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    _tidy(parser.open[0])
    return parser.open[0]


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        href = f"page:{given.get('id')}" if given.get("linktype") == "page" else given.get("href", "")
        element = Element(ALIKE.get(tag, tag), href)
        self.open[-1].inside.append(element)
        if tag != "br":
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if len(self.open) > 1 and self.open[-1].tag == ALIKE.get(tag, tag):
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def _tidy(element: Element) -> None:
    """Leave out space that shows nowhere and what is empty; put space at the edge of a mark outside of it."""
    inside: list[Element | str] = []
    for part in element.inside:
        if isinstance(part, str):
            inside.append(SPACE.sub(" ", part))
            continue
        _tidy(part)
        before, after = _edges(part) if part.tag not in BLOCKS else ("", "")
        inside += [before, *([part] if part.inside or part.tag == "br" else []), after]
    element.inside = merged_parts(inside)
    if element.tag in BLOCKS or not element.tag:
        _strip(element.inside)


def _edges(element: Element) -> tuple[str, str]:
    """Take the space at both ends out of an inline element, and return it."""
    first = last = ""
    if element.inside and isinstance(text := element.inside[0], str) and text.startswith(" "):
        first, element.inside[0] = " ", text[1:]
    if element.inside and isinstance(text := element.inside[-1], str) and text.endswith(" "):
        last, element.inside[-1] = " ", text[:-1]
    element.inside = [part for part in element.inside if part]
    return first, last


def merged_parts(parts: list[Element | str]) -> list[Element | str]:
    """Texts beside each other as one; no space beside a block or a break."""
    merged: list[Element | str] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] = SPACE.sub(" ", merged[-1] + part)
        elif part:
            merged.append(part)
    tidy: list[Element | str] = []
    for before, part, after in zip(["", *merged], merged, [*merged[1:], ""], strict=False):
        if isinstance(part, str):
            text = part.lstrip(" ") if _ends_line(before) else part
            tidy.append(text.rstrip(" ") if _ends_line(after) else text)
        else:
            tidy.append(part)
    return [part for part in tidy if part]


def _strip(inside: list[Element | str]) -> None:
    while inside and isinstance(inside[-1], Element) and inside[-1].tag == "br":
        inside.pop()
    if inside and isinstance(inside[0], str):
        inside[0] = inside[0].lstrip(" ")
    if inside and isinstance(inside[-1], str):
        inside[-1] = inside[-1].rstrip(" ")
    inside[:] = [part for part in inside if part]


def _ends_line(part: Element | str) -> bool:
    return isinstance(part, Element) and (part.tag in BLOCKS or part.tag == "br")
