"""Text as a row of words: each word is one sign for all the lists that it stands in.

A template such as `<many> ...3 <number> <piece>` becomes a regular expression over these signs: it speaks of
kinds of words, takes its words from lists that an editor can read, and is as fast as any other.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

# What a token that is no word is called among the words, and the lists that it stands in.
END, QUESTION, BREAK, NUMBER = ".", "?", ",", "0"
NOT_WORDS = {END: {"end"}, QUESTION: {"end", "question"}, BREAK: {"break"}, NUMBER: {"number"}}
OTHER = frozenset({"other"})
NEAR = 60  # words: what stands farther away says nothing about a match
Lists = dict[str, dict[str, str]]  # words, nouns and verbs: {name of a list: "word, word"}
FIRST_SIGN = 0xE000  # private use: no sign means anything to a regular expression

TOKEN = re.compile(
    r"""
    (?P<address>https?://\S+|www\.\S+|\(/[\w/#.-]*\)|\b0\d{2,4}[ -]\d{3}[ -]?\d{3,4}\b|\b116[ ]?\d{3}\b)
  | (?P<measure>(?<![^\W\d])(?:[mu][. ]{0,2}(?:c[. ]{0,2})?g|m[. ]{0,2}l)(?![^\W\d])(?:\.(?=[ ,]*[a-z]))?)
  | (?P<number>\d+(?:[.,:/]\d+)*)
  | (?P<spaced>(?<![\w'])(?:[^\W\d][ .]){2,12}[^\W\d](?![\w']))
  | (?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)
  | (?P<end>[.!?]+(?=[\s"'*_)\]]|$)
      | (?:^|\n)\s*(?:[-*\#>]+|\d+[.)])\s  # a heading, a row of a list
      | \n(?=\s*\n|\s*(?-i:[A-Z])|\s*$)
      | (?<=[.!?:;])\n)
  | (?P<break>[,;:()"\[\]]|(?<=\s)-+(?=\s))
  | (?P<sign>[^\s\w\-*/'.])
    """,
    re.VERBOSE | re.IGNORECASE,
)
SHORT = {"n't": "not", "'s": "is", "'re": "are", "'ll": "will", "'ve": "have", "'d": "would", "'m": "am"}
SHORTENED = re.compile(r"(?P<stem>.+?)(?P<rest>n't|'(?:s|re|ll|ve|d|m))$")
NOT_WHOLE = {"ca": "can", "wo": "will", "sha": "shall"}  # can't, won't, shan't
# After these 's is "is"; after others it says whose.
CALLED_IS = frozenset({"it", "that", "this", "there", "here", "he", "she", "what", "where", "who", "how"})

ELEMENT = re.compile(
    r"(?P<gap>\.\.\.(?P<most>\d+))|(?P<far>~(?P<within>\d+))|<(?P<no>!?)(?P<lists>[^>!]+)>|(?P<literal>[a-z£'_]+(?:/[a-z£'_]+)*)"
    r"|(?P<look>\(\?<?[!=])|(?P<sign>\*\*|[()\[\]|?*+$])|\s+"
)
# No repetition is without a bound, so that no text can keep a pattern busy.
SIGNS = {"(": "(?:", "[": "(?P<mark>", "]": ")", "*": "{0,4}", "+": "{1,4}", "**": "{0,40}"}


@dataclass(frozen=True)
class Row:
    """A text as signs, one for each word, and where each stood in the text: (start, end)."""

    signs: str
    spans: list[tuple[int, int]]
    ends: list[int]  # where the sentences end

    def sentence(self, start: int, end: int, *, around: int = 0) -> tuple[int, int]:
        """Return the first place and the place after the last of the sentence of the words from start to end.

        `around` sentences on each side belong to it; of a long one, only the words near are taken.
        """
        before = bisect_left(self.ends, max(start, 1)) - 1 - around
        after = bisect_left(self.ends, max(end - 1, 1)) + around
        first = self.ends[max(before, 0)]
        last = self.ends[min(after, len(self.ends) - 1)] + 1
        return max(first, start - NEAR), min(last, end + NEAR)


@dataclass
class Lexicon:
    """The lists of words, and the sign for each set of lists in which a word stands."""

    words: dict[str, frozenset[str]] = field(default_factory=dict)
    longest: dict[str, int] = field(default_factory=dict)  # first word: number of words of its longest phrase
    phrases: re.Pattern[str] = re.compile("(?!)")  # any entry of several words
    spelling: dict[str, list[str]] = field(default_factory=dict)
    signs: dict[frozenset[str], str] = field(default_factory=dict)
    of: dict[str, str] = field(default_factory=dict)  # the sign of each word
    classes: dict[str, str] = field(default_factory=dict)  # lists: their signs

    @classmethod
    def read(cls, lists: Lists, spelling: dict[str, str], templates: list[str]) -> Lexicon:
        """Return the lists with every form of their words, and the words that templates name themselves."""
        lexicon = cls(spelling={word: parts.split() for word, parts in spelling.items()})
        for name, text in lists["words"].items():
            lexicon.add(_entries(text), name)
        for name, text in lists["nouns"].items():
            lexicon.add((form for word in _entries(text) for form in (word, _plural(word))), name)
        for name, text in lists["verbs"].items():
            for word in _entries(text):
                lexicon.add([word], name)
                lexicon.add([_plural(word)], f"{name}.s")
                lexicon.add([_ing(word)], f"{name}.ing")
                lexicon.add([_ed(word)], f"{name}.ed")
        phrases = sorted((word for word in lexicon.words if " " in word), key=len, reverse=True)
        lexicon.phrases = re.compile(rf"<!?[\w.|]+>|\b(?:{'|'.join(phrases)})\b")
        for template in templates:
            for match in ELEMENT.finditer(lexicon.joined(template)):
                for word in match["literal"].split("/") if match["literal"] else ():
                    lexicon.add([word.replace("_", " ")], f"={word}")
        lexicon.close()
        return lexicon

    def add(self, words: Any, name: str) -> None:
        """Put words or phrases into a list."""
        for word in words:
            self.words[word] = self.words.get(word, frozenset()) | {name}
            first, *more = word.split()
            if more:
                self.longest[first] = max(self.longest.get(first, 1), 1 + len(more))

    def joined(self, template: str) -> str:
        """Return a template in which the phrases of the lists are one word: a row has one sign for them."""
        return self.phrases.sub(
            lambda match: match[0] if match[0].startswith("<") else match[0].replace(" ", "_"), template
        )

    def sign(self, names: frozenset[str]) -> str:
        """Return the sign for a set of lists, a new one for a new set."""
        return self.signs.setdefault(names, chr(FIRST_SIGN + len(self.signs)))

    def close(self) -> None:
        """Give every word its sign. Patterns can be compiled from here on."""
        self.words |= {word: frozenset(names) for word, names in NOT_WORDS.items()} | {"": OTHER}
        self.of = {word: self.sign(names) for word, names in self.words.items()}

    def signs_of(self, lists: str, *, out: bool = False) -> str:
        """Return a class of signs: words in any of the lists `a|b`, or `out` of all of them.

        Raises ValueError for a list that there is not.
        """
        found = self.classes.get(lists)
        if found is None:
            wanted = set(lists.split("|"))
            if unknown := wanted - set().union(*self.signs):
                raise ValueError(f"There is no list of words called {', '.join(sorted(unknown))}.")
            found = "".join(sign for names, sign in self.signs.items() if names & wanted)
            self.classes[lists] = found
        return f"[^{found}]" if out else f"[{found}]"

    def pattern(self, template: str) -> re.Pattern[str]:
        """Compile a template of the rules. Raises ValueError when it can not be read."""
        template = self.joined(template)
        parts, place = [], 0
        for match in ELEMENT.finditer(template):
            if match.start() != place:
                break
            place = match.end()
            parts.append(self._element(match))
        if place != len(template):
            raise ValueError(f"Can not read {template[place:]!r} in the rule {template!r}.")
        return re.compile("".join(parts))

    def _element(self, match: re.Match[str]) -> str:
        if match["gap"]:
            return f"{self.signs_of('end|break', out=True)}{{0,{match['most']}}}?"
        if match["far"]:
            return f"{self.signs_of('end', out=True)}{{0,{match['within']}}}?"
        if match["lists"]:
            # Not in the list, and in the same sentence.
            lists = f"{match['lists']}|end" if match["no"] else match["lists"]
            return self.signs_of(lists, out=bool(match["no"]))
        if match["literal"]:
            return self.signs_of("|".join(f"={word}" for word in match["literal"].split("/")))
        if match["look"]:
            return match["look"]
        return SIGNS.get(match["sign"] or "", match["sign"] or "")

    def row(self, readable: str, places: list[int]) -> Row:
        """Return a plain text as signs, with the places of its characters. It begins and ends with an end."""
        tokens = list(self._tokens(readable))
        signs, spans, place = [self.of[END]], [(0, 0)], 0
        while place < len(tokens):
            word, start, _ = tokens[place]
            count, sign = self._longest(tokens, place) if word in self.longest else (1, self.of.get(word))
            signs.append(sign or self.of["0" if word[0].isdecimal() else ""])
            spans.append((places[start], places[tokens[place + count - 1][2] - 1] + 1))
            place += count
        signs.append(signs[0])
        ending = {self.of[END], self.of[QUESTION]}
        ends = [place for place, sign in enumerate(signs) if sign in ending]
        return Row("".join(signs), [*spans, (places[-1], places[-1])], ends)

    def _longest(self, tokens: list[tuple[str, int, int]], place: int) -> tuple[int, str | None]:
        """Return how many words from a place on make one entry of the lists, and its sign."""
        for count in range(self.longest[tokens[place][0]], 1, -1):
            sign = self.of.get(" ".join(token[0] for token in tokens[place : place + count]))
            if sign and place + count <= len(tokens):
                return count, sign
        return 1, self.of.get(tokens[place][0])

    def _tokens(self, text: str) -> Iterator[tuple[str, int, int]]:
        """Each word of a plain text, in small letters and whole, with its start and end."""
        for match in TOKEN.finditer(text):
            kind, span = match.lastgroup or "", match.span()
            word = match.group().lower()
            if kind in {"measure", "spaced"}:
                word, kind = re.sub(r"[. ]", "", word), "word"
            if kind == "word":
                yield from ((part, *span) for part in self.spelling.get(word) or _whole(word))
            elif kind == "end":
                yield (QUESTION if "?" in word else END), *span
            elif kind == "break":
                yield BREAK, *span
            elif kind == "number" or (kind == "sign" and word in self.words):
                yield word, *span


def _whole(word: str) -> list[str]:
    """Return the words of a shortened form: "can't" is can, not."""
    short = SHORTENED.match(word) if "'" in word else None
    if not short:
        return [word]
    stem, rest = NOT_WHOLE.get(short["stem"], short["stem"]), short["rest"]
    return [stem] if rest == "'s" and stem not in CALLED_IS else [stem, SHORT[rest]]


def _entries(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _plural(word: str) -> str:
    """Return "pouches" for "pouch"; also the form of a verb after "she"."""
    if re.search(r"(?:s|x|z|ch|sh)$", word):
        return word + "es"
    return re.sub(r"(?<=[^aeiou])y$", "ie", word) + "s"


def _ing(word: str) -> str:
    first, *more = word.split(" ")
    return " ".join([re.sub(r"(?<=[^aeioy])e$", "", _doubled(first)) + "ing", *more])


def _ed(word: str) -> str:
    first, *more = word.split(" ")
    return " ".join([re.sub(r"(?<=[^aeiou])y$", "i", _doubled(first)).removesuffix("e") + "ed", *more])


def _doubled(word: str) -> str:
    """Return "chopp" for "chop": what stands before an ending."""
    return word + word[-1] if re.fullmatch(r"[^aeiou]*[aeiou][bdglmnprt]", word) else word
