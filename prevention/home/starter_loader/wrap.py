"""Lines of the usual length, broken only where the text that is read from them stays the same."""

from __future__ import annotations

import re

WIDTH = 110
# A single space: two of them, or one at the end of a line, mean something in Markdown and in YAML.
_BREAK = re.compile(r"(?<=\S) (?=\S)")


def wrap(text: str, width: int, never_first: re.Pattern[str] | None = None) -> list[str]:
    """Return `text`, which is one line, as lines of at most `width` characters; a longer word stays whole.

    No line but the first begins with a word that `never_first` matches.
    """
    words: list[str] = []
    for word in _BREAK.split(text):
        if words and never_first is not None and never_first.match(word):
            words[-1] += f" {word}"
        else:
            words.append(word)
    lines = words[:1]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
