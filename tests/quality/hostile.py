"""Hostile strings for a search; the same in every run."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterator, Sequence

SEED = 20_261_125
LONGEST = 10_000  # characters

OPERATORS = (
    # FTS5
    *(
        '"',
        '""',
        "'",
        "*",
        "^",
        ":",
        "(",
        ")",
        "{",
        "}",
        "+",
        "NEAR(",
        "NEAR/3",
        "AND",
        "OR",
        "NOT",
        "title:",
    ),
    # tsquery
    *("&", "|", "!", "<->", "<3>", ":*", ":A", "\\", "\\'", "::tsquery"),
    # Lucene and JSON
    *(
        "&&",
        "||",
        "~2",
        "~",
        "[a TO z]",
        "/.*/",
        "?",
        "_exists_:",
        "_source",
        "boost^99",
        '{"query":',
        "${x}",
        "=>",
    ),
    # SQL, paths, formats, templates, addresses
    *(
        "' OR 1=1 --",
        ";",
        "%",
        "%00",
        "%s",
        "%(q)s",
        "{0}",
        "{{ q }}",
        "{% x %}",
        "../..",
        "<script>",
        "&amp;",
        "#",
    ),
    # characters that are not seen
    *(
        "\x00",
        "\x02",
        "\x03",
        "\x1b[0m",
        "\r\n",
        "\t",
        "\u00a0",
        "\u00ad",
        "\u200b",
        "\u200e",
        "\u200f",
        "\u202e",
    ),
    *("\u2028", "\u2066", "\ufeff", "\ufffd", "\ufffe", "\ud800", "\udfff", "\U000e0041", "\u0301", "\ufe0f"),
)
EMOJI = (*("🍄", "❄️", "💊", "🌿", "🐴", "💉", "👨‍👩‍👧‍👦", "👍🏿", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🇬🇧", "☠", "\u200d", "\ufe0f", "1️⃣"),)
# Letters that become several when they are folded: 'ﷺ' becomes eighteen.
FOLDED = "ﷺİßŉǰΐΰﬃﬆ½①ⅷ㎢㍿Ａｋｅｔａ𝓀𝑒𝓉ｷｪｯﾄ"
ALPHABETS = (
    string.ascii_letters,
    string.digits,
    string.printable,
    FOLDED,
    "ёжкетамин",
    "קטמיןكيتامين",
    "氯胺酮ケタミン",
    "aeiou",
    "k",
)
JOINTS = ("", " ", "  ", " and ", "-", "/", "\n")


class Hostile:
    """A generator of strings, from the names and phrases that search knows."""

    def __init__(self, names: Sequence[str], phrases: Sequence[str], seed: int = SEED) -> None:
        self._random = random.Random(seed)
        self._names = sorted(names)
        self._phrases = sorted(phrases)
        self._makers: tuple[Callable[[], str], ...] = (
            self.any_unicode,
            self.operators,
            self.nearly_a_name,
            self.names,
            self.cut_phrase,
            self.long_word,
            self.many_words,
            self.digits,
            self.emoji,
        )

    def strings(self, count: int) -> Iterator[str]:
        """Yield `count` strings from each maker in turn, every fourth joined to another."""
        choose = self._random.choice
        for number in range(count):
            text = self._makers[number % len(self._makers)]()
            if self._random.random() < 0.25:
                text += choose(JOINTS) + choose(self._makers)()
            yield text[:LONGEST]

    def any_unicode(self) -> str:
        """Code points from all seventeen planes, with lone surrogates."""
        planes = (0x80, 0x800, 0x3000, 0x10000, 0x20000, 0x110000)
        return "".join(
            chr(self._random.randrange(self._random.choice(planes))) for _ in range(self._length(60))
        )

    def operators(self) -> str:
        """The syntax of every engine, round names."""
        parts = [
            self._random.choice(self._names)
            if self._random.random() < 0.3
            else self._random.choice(OPERATORS)
            for _ in range(self._length(12))
        ]
        return self._random.choice(("", " ")).join(parts)

    def nearly_a_name(self) -> str:
        """A name with one to four letters dropped, doubled, swapped or wrong."""
        letters = list(self._random.choice(self._names))
        for _ in range(self._random.randint(1, 4)):
            place = self._random.randrange(len(letters) + 1)
            letters[place : place + self._random.randint(0, 2)] = self._random.choices(
                string.ascii_lowercase + " -'1034@$", k=self._random.randint(0, 2)
            )
        return "".join(letters)

    def names(self) -> str:
        """Several names, unchanged."""
        return self._random.choice(JOINTS[1:]).join(self._random.choices(self._names, k=self._length(12)))

    def cut_phrase(self) -> str:
        """A phrase or two, cut anywhere."""
        text = " ".join(self._random.choices(self._phrases, k=self._random.randint(1, 3)))
        start = self._random.randrange(len(text))
        return text[start : self._random.randint(start, len(text))] or text

    def long_word(self) -> str:
        """One word of up to ten thousand letters."""
        length = self._random.choice((30, 199, 200, 201, 1000, LONGEST))
        alphabet = self._random.choice(ALPHABETS)
        # A short run is repeated: to make ten thousand random letters would take longer than the search.
        return ("".join(self._random.choices(alphabet, k=self._length(50))) * length)[:length]

    def many_words(self) -> str:
        """Very many words, most of them names, stop words or nothing at all."""
        small = ("a", "i", "the", "is", "k", "e", "x", "zzzz", "qwrtp", "suside", "overdoze", "", "'s", "...")
        words = [
            self._random.choice((self._random.choice(small), self._random.choice(self._names)))
            for _ in range(50)
        ]
        return " ".join(words * self._random.choice((1, 1, 4, 20)))

    def digits(self) -> str:
        """Numbers, doses, and letters with digits for them."""
        alphabet = self._random.choice(("0123456789", "0123456789.,- ", "0123456789abcmgx", "٣۴५๗Ⅷ²½"))
        return "".join(self._random.choices(alphabet, k=self._length(40)))

    def emoji(self) -> str:
        """Pictograms with their joiners and skin tones, also broken ones."""
        return self._random.choice(("", " ")).join(self._random.choices(EMOJI, k=self._length(20)))

    def _length(self, most: int) -> int:
        return self._random.randint(1, most)
