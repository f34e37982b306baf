"""Rich text of the starter content: Markdown in the files, HTML in the database, one from the other.

What Markdown can not say is kept in the files as HTML, between a line of ```html and a line of ```.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.utils.html import escape

from prevention.core.page_index import page_index
from prevention.core.rich_text import BLOCKS, Element, merged_parts, parsed
from prevention.core.sanitise import CleanHtml, clean_html, markdown_to_html
from prevention.home.starter_loader.wrap import WIDTH, wrap

KEPT = re.compile(r"```html\n(.*)\n```", re.DOTALL)
MARKS = {"strong": "**", "em": "_"}
# At the beginning of a line these would make a heading or a list of it.
_OPENS_A_BLOCK = re.compile(r"(#{1,6}|[-+*]|\d{1,9}[.)])(?=\s|$)")


def to_html(text: str) -> CleanHtml:
    """Return the HTML of a text in a file, cleaned. Raises ValidationError as `clean_html` does."""
    kept = KEPT.fullmatch(text.strip())
    return clean_html(kept[1]) if kept else markdown_to_html(text)


def to_markdown(html: str, note: Callable[[str], None], width: int = WIDTH) -> str:
    """Return stored HTML as Markdown in lines of at most `width` characters, addresses apart.

    `to_html` of it gives the same HTML, but for three things that no reader sees: space between blocks, <b>
    for <strong> and <i> for <em>, empty paragraphs. A link to a page by its id becomes one to its address;
    `note` gets a sentence where there is none, or where the HTML had to be kept.
    """
    top = parsed(html)
    _resolve(top, note)
    text = _blocks(top, width)
    if parsed(str(markdown_to_html(text))) == top:
        return text
    note("Markdown can not say all of this: it is kept as HTML.")
    return f"```html\n{_as_html(top)}\n```"


def _resolve(element: Element, note: Callable[[str], None]) -> None:
    """Give links to pages their addresses; of a link that leads nowhere keep the words."""
    kept: list[Element | str] = []
    for part in element.inside:
        if isinstance(part, str):
            kept.append(part)
            continue
        _resolve(part, note)
        if part.href.startswith("page:"):
            number = part.href.removeprefix("page:")
            place = page_index().by_id.get(int(number)) if number.isdecimal() else None
            part.href = place.url if place else ""
        if part.tag == "a" and not part.href:
            note(f"the link '{_words(part)}' leads to no public page: only its words are kept.")
            kept += part.inside
        else:
            kept.append(part)
    element.inside = merged_parts(kept)


def _words(element: Element) -> str:
    return "".join(part if isinstance(part, str) else _words(part) for part in element.inside)


# Markdown


def _blocks(element: Element, width: int) -> str:
    return "\n\n".join(_block(part, width) for part in element.inside)


def _block(part: Element | str, width: int) -> str:
    if isinstance(part, str) or part.tag not in BLOCKS:
        return _paragraph([part], width)
    if part.tag in {"ul", "ol"}:
        return _list(part, width)
    if part.tag == "p":
        return _paragraph(part.inside, width)
    return f"{'#' * int(part.tag[1:])} {_inline(part.inside)}" if part.tag[1:].isdecimal() else ""


def _list(element: Element, width: int) -> str:
    loose = any(isinstance(part, Element) and part.tag == "p" for item in element.inside
                if isinstance(item, Element) for part in item.inside)  # fmt: skip
    rows = []
    for number, item in enumerate(element.inside, start=1):
        mark = "- " if element.tag == "ul" else f"{number}. "
        text = _item(item, width - len(mark), loose) if isinstance(item, Element) else _inline([item])
        rows.append(mark + text.replace("\n", "\n" + " " * len(mark)))
    rows = [re.sub(r"^ +$", "", row, flags=re.MULTILINE) for row in rows]
    return ("\n\n" if loose else "\n").join(rows)


def _item(item: Element, width: int, loose: bool) -> str:
    parts: list[str] = []
    line: list[Element | str] = []
    for part in [*item.inside, None]:
        if part is not None and not (isinstance(part, Element) and part.tag in BLOCKS):
            line.append(part)
            continue
        if line:
            parts.append(_paragraph(line, width))
            line = []
        if part is not None:
            parts.append(_block(part, width))
    return ("\n\n" if loose else "\n").join(parts)


def _paragraph(parts: list[Element | str], width: int) -> str:
    text = _inline(parts)
    lines = [_OPENS_A_BLOCK.sub(_escaped, line, count=1) if _OPENS_A_BLOCK.match(line) else line
             for line in text.split("\n")]  # fmt: skip
    return "\n".join(row for line in lines for row in wrap(line, width, never_first=_OPENS_A_BLOCK))


def _escaped(match: re.Match[str]) -> str:
    mark = match[1]
    return f"{mark[:-1]}\\{mark[-1]}" if mark[0].isdigit() else f"\\{mark}"


def _inline(parts: list[Element | str]) -> str:
    return "".join(_span(part) for part in parts)


def _span(part: Element | str) -> str:
    if isinstance(part, str):
        plain = re.sub(r"([\\*\[\]])", r"\\\1", part)
        return re.sub(r"(?<![^\W_])_|_(?![^\W_])", r"\\_", plain)
    if part.tag == "br":
        return "\\\n"
    if part.tag == "a":
        address = f"<{part.href}>" if re.search(r"[\s()<>]", part.href) else part.href
        return f"[{_inline(part.inside)}]({address})"
    mark = MARKS.get(part.tag, "")
    return f"{mark}{_inline(part.inside)}{mark}"


# HTML, where Markdown does not do


def _as_html(element: Element) -> str:
    inside = "".join(escape(part) if isinstance(part, str) else _as_html(part) for part in element.inside)
    if not element.tag:
        return inside
    if element.tag == "br":
        return "<br>"
    href = f' href="{escape(element.href)}"' if element.href else ""
    return f"<{element.tag}{href}>{inside}</{element.tag}>"
