"""What search knows before anybody asks: the names of everything that has a page, phrases, lists of words.

It lies in memory. After a publication every worker reads it anew with its next search.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain

from prevention.core.fields import lines
from prevention.core.models import BasePage, SearchName
from prevention.core.nations import Nation
from prevention.core.review import page_models
from prevention.delivery.content_version import SEARCH, per_version
from search.language.english import STOPWORDS, is_english, sound
from search.language.phrases import PhraseBook, same_stems
from search.language.text import fold, key_of, singular
from search.models import Intent, WordList, Words

# Doors to other pages; nobody searches for them by name.
DOORS = frozenset({"home", "index", "topics", "changes"})
SHORTEST_FUZZY = 4  # characters; shorter slang is matched exactly, or everything would look like it

# Regions of names that are seldom heard in the UK.
ABROAD = frozenset({"US", "USA", "United States", "Canada", "Australia", "South Africa", "outside the UK"})

# Which of two drugs that share a name is meant more often: the one whose own it is, then by kind of name.
_OWN = frozenset({"title", "generic", "scientific", "chemical"})
_KIND_ORDER = {"brand": 1, "street": 2, "member": 2}


@dataclass(frozen=True)
class Target:
    """A page that can be found. `names`: how many names it has; what is talked about most has the most."""

    page_id: int
    kind: str
    slug: str
    title: str
    summary: str
    url: str
    audience: str
    names: int = 1

    @property
    def is_named(self) -> bool:
        """Is it a thing with names, and not a subject that a question is about?"""
        return self.kind == "substance"


@dataclass(frozen=True)
class Entry:
    """One name of one page. `name` is as written, `folded` as compared."""

    name: str
    folded: str
    name_kind: str  # title, street, brand ...
    ambiguous: bool
    target: Target
    local: bool = True  # said in the UK
    usual: bool = True  # so usual that the page shows it

    @property
    def key(self) -> str:
        return key_of(self.folded)

    @property
    def order(self) -> tuple[object, ...]:
        """The smaller, the likelier it is meant."""
        kind = _KIND_ORDER.get(self.name_kind, 0)
        own = self.name_kind in _OWN
        return not self.local, not own, not self.usual, kind, -self.target.names, self.target.title


@dataclass(frozen=True)
class Pool:
    """Keys that misspelt words are compared with, all of them and by how they begin."""

    keys: tuple[str, ...]
    by_start: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, keys: Iterable[str]) -> Pool:
        """A pool of these keys."""
        every = tuple(keys)
        by_start: dict[str, list[str]] = {}
        for key in every:
            for start in {key[0], _sound_start(key)}:
                by_start.setdefault(start, []).append(key)
        return cls(every, {start: tuple(rows) for start, rows in by_start.items()})

    def likely(self, typed: str) -> list[str]:
        """The keys that begin with the first letter, the second one (the first may be gone) or the sound."""
        starts = {typed[0], typed[1:2], _sound_start(typed)}
        return list(dict.fromkeys(chain(*(self.by_start.get(start, ()) for start in starts))))


def _sound_start(key: str) -> str:
    return f"~{sound(key)[:1]}"


@dataclass(frozen=True)
class Lexicon:
    """Every name by its key, and the phrases and words that editors gave."""

    names: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    singulars: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    starts: tuple[tuple[str, str], ...] = ()  # (where a word of a name begins, key of the name), sorted
    subjects: Mapping[str, tuple[Entry, ...]] = field(
        default_factory=dict
    )  # phrases of subjects, to begin only
    order: Mapping[str, int] = field(
        default_factory=dict
    )  # of the keys: the smaller, the likelier it is meant
    one_word: Pool = field(default_factory=lambda: Pool.of(()))  # what a misspelt word is compared with
    several_words: Pool = field(default_factory=lambda: Pool.of(()))
    longest: int = 1  # words in the longest name
    targets: Mapping[int, Target] = field(default_factory=dict)
    topics: PhraseBook = field(default_factory=lambda: PhraseBook.of([]))
    intents: PhraseBook = field(default_factory=lambda: PhraseBook.of([]))
    intent_order: Mapping[str, int] = field(default_factory=dict)
    intent_pages: Mapping[str, int] = field(default_factory=dict)
    urgent: frozenset[str] = frozenset()
    context: PhraseBook = field(default_factory=lambda: PhraseBook.of([]))
    plain: frozenset[str] = frozenset()
    nations: PhraseBook = field(default_factory=lambda: PhraseBook.of([]))

    def is_spelt_right(self, word: str) -> bool:
        """Is it a word of English, or one that editors listed as such?"""
        return word in STOPWORDS or word in self.plain or is_english(word)


@per_version(SEARCH)
def lexicon() -> Lexicon:
    """Every published page's names and keywords, every intent, every list of words."""
    entries: list[Entry] = []
    keywords: list[tuple[str, str]] = []
    titles: list[tuple[str, str]] = []
    subjects: list[Entry] = []
    for page in _pages():
        names = list(page.search_names())
        target = target_of(page, len(names))
        entries += [entry for name in names if (entry := _entry(name, target)).folded]
        if not target.is_named:
            titles.append((page.title, str(page.pk)))
        keywords += [(line, str(page.pk)) for line in lines(page.search_keywords)]
        if not target.is_named:
            subjects += [_subject(line, target) for line in lines(page.search_keywords)]
    intents = list(Intent.objects.all())
    listed = {row.code: lines(row.words) for row in WordList.objects.all()}
    same = same_stems(listed.get(Words.SAME, ()))
    return replace(
        lexicon_of(entries, subjects),
        topics=PhraseBook.of(keywords, same, titles=titles),
        intents=PhraseBook.of(
            ((line, intent.code) for intent in intents for line in intent.phrase_list), same
        ),
        intent_order={intent.code: position for position, intent in enumerate(intents)},
        intent_pages={intent.code: intent.page_id for intent in intents if intent.page_id},
        urgent=frozenset(intent.code for intent in intents if intent.urgent),
        context=PhraseBook.of(((line, Words.CONTEXT) for line in listed.get(Words.CONTEXT, ())), same),
        plain=frozenset(fold(line) for line in listed.get(Words.PLAIN, ())),
        nations=PhraseBook.of((line, code) for code in Nation.values for line in listed.get(code, ())),
    )


def lexicon_of(entries: Iterable[Entry], subjects: Iterable[Entry] = ()) -> Lexicon:
    """The names alone, indexed in every way that they are looked up. `subjects` are suggested only."""
    names: dict[str, list[Entry]] = {}
    singulars: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.order):
        names.setdefault(entry.key, []).append(entry)
        singulars.setdefault(singular(entry.key), []).append(entry)
    long_enough = [
        rows[0]
        for key, rows in names.items()
        if len(key) >= SHORTEST_FUZZY and _is_spelt(key) and rows[0].target.is_named
    ]
    suggested: dict[str, list[Entry]] = {}
    for entry in subjects:
        if entry.key and entry.key not in names:
            suggested.setdefault(entry.key, []).append(entry)
    starts = set()
    for entry in chain(*names.values(), *suggested.values()):
        words = entry.folded.split()
        starts |= {("".join(words[position:]), entry.key) for position in range(len(words))}
    return Lexicon(
        names={key: tuple(rows) for key, rows in names.items()},
        singulars={key: tuple(rows) for key, rows in singulars.items()},
        starts=tuple(sorted(starts)),
        subjects={key: tuple(rows) for key, rows in suggested.items()},
        order={key: position for position, key in enumerate([*names, *suggested])},
        one_word=Pool.of(entry.key for entry in long_enough if " " not in entry.folded),
        several_words=Pool.of(entry.key for entry in long_enough if " " in entry.folded),
        longest=max((len(entry.folded.split()) for rows in names.values() for entry in rows), default=1),
        targets={entry.target.page_id: entry.target for rows in names.values() for entry in rows},
    )


def synonyms() -> list[str]:
    """The names of each drug in Solr's format, for a text engine: 'donkey dust, ket => ketamine'.

    Words with another sense are left out: 'crystal' in a text is seldom a drug.
    """
    names: dict[str, set[str]] = {}
    for entries in lexicon().names.values():
        for entry in entries:
            title = fold(entry.target.title)
            if entry.target.is_named and not entry.ambiguous and entry.folded != title and len(entries) == 1:
                names.setdefault(title, set()).add(entry.folded)
    return [f"{', '.join(sorted(found))} => {title}" for title, found in sorted(names.items()) if title]


def searchable(model: type[BasePage]) -> Iterable[BasePage]:
    """The published, unrestricted pages of one type, with their names."""
    pages = model.objects.live().public()
    return pages.prefetch_related("names", "search_lists") if hasattr(model, "names") else pages


def target_of(page: BasePage, names: int = 1) -> Target:
    """What search says of a page without reading it again."""
    return Target(
        page_id=page.pk,
        kind=page.kind,
        slug=page.slug,
        title=page.title,
        summary=page.summary,
        url=page.get_url() or "/",
        audience=str(page.audience),
        names=names,
    )


def _pages() -> Iterator[BasePage]:
    for model in page_models():
        if model.kind not in DOORS:
            yield from searchable(model)


def _entry(name: SearchName, target: Target) -> Entry:
    folded = fold(name.name)
    # The title of a topic ('Brain') is a word of its own in any sentence; its phrases say when it is meant.
    common = not target.is_named and is_english(folded)
    return Entry(
        # A name that must not be shown is known by its folded form only.
        name=name.name if name.shown else target.title,
        folded=folded,
        name_kind=name.kind if name.shown else "title",
        ambiguous=name.ambiguous or common,
        target=target,
        local=name.region not in ABROAD,
        usual=name.usual,
    )


def _subject(line: str, target: Target) -> Entry:
    return Entry(target.title, fold(line), "title", ambiguous=True, target=target, usual=False)


def _is_spelt(key: str) -> bool:
    """A code ('4-MEC', '2C-B', an emoji) is right or wrong; it is not misspelt."""
    return sum(character.isdigit() for character in key) <= 1
