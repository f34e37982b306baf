"""The lexicon: the names of every page, the phrases of topics and intents, and the lists of words.

Each worker keeps it in memory. After a change of the content it is read anew with the next search.
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

# The kinds of pages that only lead to others; nobody searches for them by name.
DOORS = frozenset({"home", "index", "topics", "changes"})
SHORTEST_FUZZY = 4  # characters; a shorter name is matched exactly only, because too many words are like it

# Values of a name's region (as editors write them) for names that are seldom heard in the UK.
ABROAD = frozenset({"US", "USA", "United States", "Canada", "Australia", "South Africa", "outside the UK"})

# When two drugs share a name, the drug whose proper name it is comes first, then brand, then street names.
_OWN = frozenset({"title", "generic", "scientific", "chemical"})
_KIND_ORDER = {"brand": 1, "street": 2, "member": 2}


@dataclass(frozen=True)
class Target:
    """A page that can be found.

    `names` is the number of its names. It serves as a measure of how often a drug is talked about: when a
    name is shared, the drug with more names comes first.
    """

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
        """Whether the page is about a substance, which is asked for by its names, and not about a subject."""
        return self.kind == "substance"


@dataclass(frozen=True)
class Entry:
    """One name of one page: `name` as it is written, `folded` as it is compared (language.text.fold)."""

    name: str
    folded: str
    name_kind: str  # "title", or a value of NameKind
    ambiguous: bool
    target: Target
    local: bool = True  # used in the UK
    usual: bool = True  # common enough to be listed on the page

    @property
    def key(self) -> str:
        """The folded name without spaces."""
        return key_of(self.folded)

    @property
    def order(self) -> tuple[object, ...]:
        """The sort key among names that are alike; the smallest is most likely the one that was meant."""
        kind = _KIND_ORDER.get(self.name_kind, 0)
        own = self.name_kind in _OWN
        return not self.local, not own, not self.usual, kind, -self.target.names, self.target.title


@dataclass(frozen=True)
class Pool:
    """The keys that misspelt words are compared with.

    `by_start` groups them by their first letter, and by '~' with the first sound of their phonetic key.
    """

    keys: tuple[str, ...]
    by_start: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, keys: Iterable[str]) -> Pool:
        """Return a pool of these keys."""
        every = tuple(keys)
        by_start: dict[str, list[str]] = {}
        for key in every:
            for start in {key[0], _sound_start(key)}:
                by_start.setdefault(start, []).append(key)
        return cls(every, {start: tuple(rows) for start, rows in by_start.items()})

    def likely(self, typed: str) -> list[str]:
        """Return the keys that begin with the first letter of `typed`, its second letter or its first sound.

        The second letter counts because the first may have been left out.
        """
        starts = {typed[0], typed[1:2], _sound_start(typed)}
        return list(dict.fromkeys(chain(*(self.by_start.get(start, ()) for start in starts))))


def _sound_start(key: str) -> str:
    return f"~{sound(key)[:1]}"


@dataclass(frozen=True)
class Lexicon:
    """Every name by its key, and the phrases and words that editors entered.

    `topics` matches phrases to ids of pages (as text), `intents` to codes of intents, `nations` to nations;
    `context` matches words that show that a question is about drugs.
    """

    names: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    singulars: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)  # by language.text.singular(key)
    starts: tuple[tuple[str, str], ...] = ()  # (key from the beginning of a word on, key of the name), sorted
    # Phrases of pages about subjects; they are used to complete what has been typed, and for nothing else.
    subjects: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    # {key: rank}; the lowest rank is most likely the name that was meant.
    order: Mapping[str, int] = field(default_factory=dict)
    # The names of substances that misspelt words are compared with: names of one word, and of several.
    one_word: Pool = field(default_factory=lambda: Pool.of(()))
    several_words: Pool = field(default_factory=lambda: Pool.of(()))
    longest: int = 1  # the number of words in the longest name
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
        """Return whether `word` (folded) is English, or is listed by editors as spelt right."""
        return word in STOPWORDS or word in self.plain or is_english(word)


@per_version(SEARCH)
def lexicon() -> Lexicon:
    """Return the lexicon of all published pages, intents and lists of words.

    It is read from the database once for each content version of the scope SEARCH.
    """
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
    intents = list(Intent.objects.live())
    listed = {row.code: lines(row.words) for row in WordList.objects.live()}
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
    """Return a lexicon of names only, indexed for every kind of look-up.

    `subjects` are used only to complete what has been typed.
    """
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
    """Return a line in Solr's format for each drug, for Elasticsearch: 'donkey dust, ket => ketamine'.

    Ambiguous and shared names are left out: 'crystal' in a text seldom means a drug.
    """
    names: dict[str, set[str]] = {}
    for entries in lexicon().names.values():
        for entry in entries:
            title = fold(entry.target.title)
            if entry.target.is_named and not entry.ambiguous and entry.folded != title and len(entries) == 1:
                names.setdefault(title, set()).add(entry.folded)
    return [f"{', '.join(sorted(found))} => {title}" for title, found in sorted(names.items()) if title]


def searchable(model: type[BasePage]) -> Iterable[BasePage]:
    """Return the published, unrestricted pages of one type, with their names prefetched."""
    pages = model.objects.live().public()
    return pages.prefetch_related("names", "search_lists") if hasattr(model, "names") else pages


def target_of(page: BasePage, names: int = 1) -> Target:
    """Return what search needs to know of a page, so that the page is not read again for each search."""
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
    # The title of a topic may be an ordinary word ('Brain'): the topic's phrases decide when it is meant.
    common = not target.is_named and is_english(folded)
    return Entry(
        # A name that must not be shown is recognised by its folded form; the title is shown instead.
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
    """Return whether a name can be misspelt. With two digits or more it is a code ('JWH-018', an emoji)."""
    return sum(character.isdigit() for character in key) <= 1
