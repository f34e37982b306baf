"""Takes out of a text what was pasted with it and nobody sees, or sees as a fault.

Word and old web pages bring signs of Windows-1252 under the numbers of control characters, marks that turn
the direction of writing round, and signs without width, by which two equal words differ. Curly quotation
marks, dashes and spaces that do not break are typography, and stay.
"""

from __future__ import annotations

import re

# Controls but tab and line ends; the soft hyphen; signs without width; marks of direction; invisible tags.
UNSEEN = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f\\u00ad\\u061c\\u180e\\u200b\\u200c\\u200e\\u200f\\u202a-\\u202e"
    "\\u2060-\\u2064\\u2066-\\u206f\\ufeff\\ufff9-\\ufffb\\U000e0000-\\U000e007f]"
)
# It joins the parts of an emoji, and elsewhere nothing.
JOINER = re.compile("\\u200d(?![\\u2600-\\u27bf\\U0001f000-\\U0001faff])")
GHOSTS = re.compile("[\\x80-\\x9f]")
REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}));?")


def clean_text(text: str) -> str:
    """Return a text without signs that nobody sees, and with those that Windows-1252 has in their places."""
    if text.isascii() and text.isprintable():
        return text
    visible = GHOSTS.sub(lambda sign: sign[0].encode("latin-1").decode("cp1252", "ignore"), text)
    return JOINER.sub("", UNSEEN.sub("", visible))


def clean_references(html: str) -> str:
    """Return HTML in which no character reference stands for a sign that `clean_text` changes."""
    return REFERENCE.sub(_seen, clean_text(html)) if "&#" in html else clean_text(html)


def _seen(reference: re.Match[str]) -> str:
    number = int(reference[1], 16) if reference[1] else int(reference[2])
    sign = chr(number) if number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF else ""
    return reference[0] if sign and clean_text(sign) == sign else clean_text(sign)
