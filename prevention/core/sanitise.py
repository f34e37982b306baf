"""Cleans HTML: every piece of HTML that is shown in a page or in the API has passed `clean_html`.

bleach 6.4.0 is the last release of bleach (decision 5). Its time grows with the square of the nesting, so
size and depth are limited before it runs. Another library would replace it in this module only.
"""

from __future__ import annotations

import re
from html import unescape

import bleach
from django.core.exceptions import ValidationError
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

from prevention.core.pasted import clean_references

LARGEST_HTML = 50_000  # characters: about 8,000 words
DEEPEST_NESTING = 50  # open elements

TAGS = frozenset({"a", "b", "br", "em", "h2", "h3", "h4", "i", "li", "ol", "p", "strong", "ul"})
# Wagtail stores a link to a page as linktype and id; prevention.core.links replaces them by an address.
ATTRIBUTES = {"a": ["href", "linktype", "id"], "h2": ["id"]}
# The editor's name of a paragraph, by which it knows it again. It is stored, and shown to nobody.
BLOCK_KEY = "data-block-key"
_BLOCK_KEY = re.compile(r"[A-Za-z0-9]{1,20}")
_BLOCK_KEY_ATTRIBUTE = re.compile(rf' {BLOCK_KEY}="[A-Za-z0-9]{{1,20}}"')
PROTOCOLS = frozenset({"http", "https", "tel", "mailto"})

_OPENING_OR_CLOSING = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^>]*)>")
_DROPPED_WITH_CONTENT = re.compile(
    r"<(script|style|xml|title)\b[^>]*>.*?(</\1\s*>|$)", re.IGNORECASE | re.DOTALL
)
_VOID = frozenset({"br", "hr", "img", "input", "meta", "link"})

_markdown = MarkdownIt("zero", {"html": False}).enable(
    ["heading", "list", "emphasis", "link", "newline", "escape"]
)
# A paragraph may be written in lines of the usual length, wherever they break.
_markdown.add_render_rule("softbreak", lambda *_: " ")


class CleanHtml(SafeString):
    """HTML that `clean_html` has returned. Whatever is done with it gives an ordinary text again."""

    __slots__ = ()


def clean_html(html: str) -> CleanHtml:
    """Return `html` reduced to the allowed tags, attributes and link schemes.

    What it has returned once is returned as it is: cleaning costs more than all the rest of a write. Raises
    ValidationError when `html` is longer than 50,000 characters or nested more than 50 deep.
    """
    if isinstance(html, CleanHtml):
        return html
    if len(html) > LARGEST_HTML:
        raise ValidationError("This text is too long. Split it over several pages.")
    if _nesting(html) > DEEPEST_NESTING:
        raise ValidationError("This text is nested too deeply. Paste it again as plain text.")
    # bleach removes <script>, but keeps the text in it, which readers would see.
    visible = _DROPPED_WITH_CONTENT.sub("", clean_references(html))
    # bleach.clean makes a new Cleaner each time: one can not be shared between threads.
    return CleanHtml(
        bleach.clean(visible, tags=TAGS, attributes=_is_allowed, protocols=PROTOCOLS, strip=True)
    )


def without_block_keys(html: str) -> str:
    """Return stored HTML as it leaves: without the editor's names of paragraphs."""
    return _BLOCK_KEY_ATTRIBUTE.sub("", html) if BLOCK_KEY in html else html


def _is_allowed(tag: str, name: str, value: str) -> bool:
    if name == BLOCK_KEY:
        return tag != "a" and _BLOCK_KEY.fullmatch(value) is not None
    return name in ATTRIBUTES.get(tag, ())


def markdown_to_html(text: str) -> CleanHtml:
    """Return Markdown (paragraphs, headings, lists, bold, italic, links) as clean HTML.

    Raises ValidationError as `clean_html` does.
    """
    return clean_html(_markdown.render(text))


def plain_text(html: str) -> str:
    """Return the text of `html` without tags, with a space where a block ends."""
    spaced = re.sub(r"</(p|li|h[1-6])>|<br\s*/?>", " ", _DROPPED_WITH_CONTENT.sub("", html))
    return re.sub(r"\s+", " ", unescape(strip_tags(spaced))).strip()


def _nesting(html: str) -> int:
    depth = deepest = 0
    for closing, name, rest in _OPENING_OR_CLOSING.findall(html):
        if name.lower() in _VOID or rest.endswith("/"):
            continue
        depth = max(depth - 1, 0) if closing else depth + 1
        deepest = max(deepest, depth)
    return deepest
