"""Write what the database holds as files of starter content: the other way of `load`.

One content has one form: in the order of the models' fields, without what a field holds by default. So the
files of the starter are those that an export of a fresh site writes, byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.text import capfirst, slugify
from wagtail.documents import get_document_model
from wagtail.models import Page

from prevention.core.fields import SafeRichTextField
from prevention.core.models import BasePage, Fact
from prevention.home.starter_loader.files import StarterError
from prevention.home.starter_loader.layout import (
    BESIDE,
    DOCUMENTS,
    INTERACTION,
    INTERACTIONS,
    PAGE_ORDER,
    PLACE,
    SEARCH,
    SNIPPETS,
    USUAL_PLACE,
    folder_of,
    headings,
)
from prevention.home.starter_loader.rich_text import to_markdown
from prevention.home.starter_loader.schema import SCHEMAS, schema_name, schema_texts
from prevention.home.starter_loader.state import chosen_by, content_fields, content_relations, state_of
from prevention.home.starter_loader.yaml_text import dumped

LONGEST_KEY = 72  # characters of the key of a source
ANSWER_WIDTH = 100  # of Markdown inside YAML, which is indented
# No key ends with one of these.
SMALL_WORDS = {
    "a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "of", "on", "or", "the", "to", "with",
}  # fmt: skip


@dataclass
class Export:
    """Files by their path in the folder of the export, and what a person should know of them."""

    files: dict[str, bytes] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, path: str, text: str) -> None:
        """Add a file of text: its path below the folder, and what stands in it."""
        self.files[path] = text.encode()


def export(slug: str = "") -> Export:
    """Return the files of all that is published, or of the pages with a slug alone; writes nothing.

    Left out, and named in the notes: pages that not everybody may read. Raises StarterError when there is no
    such page, or when a file of a pack is not on the disk.
    """
    made = Export()
    public = {page.pk: page.slug for page in Page.objects.live().public() if page.depth > 1}
    _Pages(made, public).add(slug)
    if slug and not made.files:
        raise StarterError([f"There is no published page with the slug {slug}."])
    if not slug:
        _add_snippets(made, public)
        for name, text in schema_texts().items():
            made.add(f"{SCHEMAS}/{name}", text)
    return made


def write(made: Export, folder: Path) -> list[str]:
    """Put the files into a folder; returns the page files there that are none of them, and leaves them."""
    for name, content in made.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    there = [path.relative_to(folder).as_posix() for path in sorted(folder.glob("*/*"))]
    return [name for name in there if name.endswith((".md", ".yaml")) and name not in made.files]


# Pages


class _Pages:
    """The pages of one export: their names and places are known together."""

    def __init__(self, made: Export, public: Mapping[int, str]) -> None:
        self.made = made
        self.public = public
        self.taken: set[str] = set()

    def add(self, slug: str) -> None:
        for label in PAGE_ORDER:
            model: type[BasePage] = apps.get_model(label)
            pages = list(model.objects.order_by("path"))
            shown = [page for page in pages if page.pk in self.public]
            places = places_of([page.slug for page in shown])
            for page, place in zip(shown, places, strict=True):
                stem = self._stem(label, page)
                if slug in ("", page.slug):
                    self._add_page(label, page, place, stem)
            if not slug:
                self.made.notes += [
                    f"{page.slug}: it is not public, so it is left out."
                    for page in pages
                    if page not in shown
                ]

    def _stem(self, label: str, page: BasePage) -> str:
        stem = f"{folder_of(label)}/{page.slug}"
        if stem in self.taken:
            stem = f"{stem}-{page.kind}"
        self.taken.add(stem)
        return stem

    def _add_page(self, label: str, page: BasePage, place: int, stem: str) -> None:
        values = _Values(self.made, self.public, page.slug).of(page, state_of(page))
        texts = {heading: values.pop(name, "") for heading, name in headings(label).items()}
        facts: dict[str, Any] = {"model": label, "slug": values.pop("slug"), "title": values.pop("title")}
        if place != USUAL_PLACE:
            facts[PLACE] = place
        if rows := values.pop("citations", None):
            sources, cited = sources_of(rows)
            values |= {"sources": sources, "citations": cited}
        beside = {part: {name: values.pop(name) for name in names if name in values}
                  for part, names in BESIDE.items()}  # fmt: skip
        front = f"---\n{schema_line(page.kind)}{dumped(facts | values)}---\n"
        body = "".join(f"\n# {heading}\n\n{text}\n" for heading, text in texts.items() if text)
        self.made.add(f"{stem}.md", front + body)
        for part, data in beside.items():
            if data:
                self.made.add(f"{stem}.{part}.yaml", schema_line(part) + dumped(data))


def schema_line(kind: str, up: str = "../") -> str:
    """The comment by which editors' tools know the schema of a file."""
    return f"# yaml-language-server: $schema={up}{SCHEMAS}/{schema_name(kind)}\n"


def places_of(slugs: list[str]) -> list[int]:
    """Return a place for each page, given in the order of the tree: see layout.PLACE.

    The longest run of pages that stand by name has the usual place; runs before it count from 1, runs after
    it on from there. So a page that was added at the end changes no other file.
    """
    runs: list[int] = []
    for number, slug in enumerate(slugs):
        after = number > 0 and f"{slugs[number - 1]}.md" < f"{slug}.md"
        runs.append(runs[-1] if after else (runs[-1] + 1 if runs else 1))
    longest = max(set(runs), key=lambda run: (runs.count(run), -run), default=1)
    return [run if run < longest else USUAL_PLACE + run - longest for run in runs]


def sources_of(rows: list[dict[str, Any]]) -> tuple[dict[str, Any], Any]:
    """Return ({key: source}, {section: [keys]}) of the citations of a page, in their order.

    When a section comes a second time after another one, the latter is a list of such dicts.
    """
    sources: dict[str, dict[str, Any]] = {}
    cited: list[tuple[str, str]] = []
    for row in rows:
        source = {name: value for name, value in row.items() if name != "section"}
        cited.append((row["section"], _key(source, sources)))
        sources.setdefault(cited[-1][1], source)
    groups = [
        (section, [key for _, key in pairs]) for section, pairs in groupby(cited, key=lambda pair: pair[0])
    ]
    apart = len({section for section, _ in groups}) < len(groups)
    return sources, [{section: keys} for section, keys in groups] if apart else dict(groups)


def _key(source: dict[str, Any], taken: dict[str, Any]) -> str:
    """The key of a source: who published it and what it is called, in whole words."""
    who = _slugs(re.sub(r"\(.*?\)", "", source["publisher"])) or ["source"]
    title = _slugs(source["title"])
    words = who[:]
    for word in title[len(who) :] if title[: len(who)] == who else title:
        if len("-".join([*words, word])) > LONGEST_KEY:
            break
        words.append(word)
    while len(words) > 1 and words[-1] in SMALL_WORDS:
        words.pop()
    key = plain = "-".join(words)
    number = 1
    while taken.get(key, source) != source:
        number += 1
        key = f"{plain}-{number}"
    return key


def _slugs(text: str) -> list[str]:
    """The words of a text as a key has them: GOV.UK is gov-uk."""
    return [slug for word in text.split() if (slug := slugify(word.replace(".", "-")))]


# Values


class _Values:
    """What a page or a snippet holds, as its file says it; `name` stands in the notes."""

    def __init__(self, made: Export, public: Mapping[int, str], name: str) -> None:
        self.made = made
        self.public = public
        self.name = name

    def of(self, instance: models.Model, state: dict[str, Any]) -> dict[str, Any]:
        """Return {field: value} of what `state_of` says of an instance, in the order of the fields."""
        model = type(instance)
        values: dict[str, Any] = {}
        fields = sorted(content_fields(model), key=lambda row: row.creation_counter)
        # What rows choose, and nothing more, stands behind what the fields choose.
        chosen = [row.get_accessor_name() for row in content_relations(model) if chosen_by(row)]
        last_relation = next((row for row in reversed(fields) if row.is_relation), fields[-1])
        for row in fields:
            name = "file" if row.is_relation and row.related_model is get_document_model() else row.name
            if name in state and (value := self._value(instance, row, state[name])) not in ("", []):
                values[name] = value
            if row is last_relation:
                values |= {name: state[name] for name in chosen if name in state}
        for relation in content_relations(model):
            name = relation.get_accessor_name()
            if name in chosen:
                continue
            rows = sorted(getattr(instance, name).all(), key=lambda row: row.sort_order or 0)
            if rows:
                values[name] = [self.of(*pair) for pair in zip(rows, state[name], strict=True)]
        return values

    def _value(self, instance: models.Model, row: Any, value: Any) -> Any:
        if isinstance(row, SafeRichTextField):
            note = self._noting(row.name)
            inside = {} if isinstance(instance, Page) else {"width": ANSWER_WIDTH}
            return to_markdown(value, note, **inside)
        if not row.is_relation:
            return value.strip() if isinstance(value, str) else value
        if row.related_model is get_document_model():
            return self._document(getattr(instance, row.name), value)
        if issubclass(row.related_model, Page):
            return self._known(row.name, value)
        return value

    def _noting(self, name: str) -> Callable[[str], None]:
        return lambda sentence: self.made.notes.append(f"{self.name}, {name}: {sentence}")

    def _known(self, name: str, slugs: Any) -> Any:
        """Of related pages those that are written too."""
        there = set(self.public.values())
        for slug in [slugs] if isinstance(slugs, str) else slugs:
            if slug not in there:
                self._noting(name)(f"{slug} is not public, so it is left out here.")
        if isinstance(slugs, str):
            return slugs if slugs in there else ""
        return [slug for slug in slugs if slug in there]

    def _document(self, document: Any, state: dict[str, str]) -> str:
        path = PurePosixPath(DOCUMENTS) / state["name"]
        try:
            with document.file.storage.open(document.file.name, "rb") as opened:
                content = opened.read()
        except OSError as error:
            raise StarterError(
                [f"{self.name}: the file of '{document.title}' can not be read ({error})."]
            ) from error
        if self.made.files.get(str(path), content) != content:
            path = path.with_stem(f"{path.stem}-{state['sha1'][:7]}")
        self.made.files[str(path)] = content
        return str(path)


# Snippets


def _add_snippets(made: Export, public: Mapping[int, str]) -> None:
    for name, lists in {**SNIPPETS, **SEARCH, INTERACTIONS: {"": (INTERACTION, "")}}.items():
        rows = {key: list(_rows(made, public, label)) for key, (label, _) in lists.items()}
        data: Any = rows[""] if "" in rows else {key: listed for key, listed in rows.items() if listed}
        if data:
            made.add(name, schema_line(PurePosixPath(name).stem, "") + dumped(data))


def _rows(made: Export, public: Mapping[int, str], label: str) -> Iterator[dict[str, Any]]:
    """The rows of a model in the order in which they were made; of facts those that are live."""
    model = apps.get_model(label)
    rows = model._default_manager.order_by("pk")
    for instance in rows.filter(live=True) if issubclass(model, Fact) else rows:
        told = f"{capfirst(model._meta.verbose_name)} '{instance}'"
        values = _Values(made, public, told).of(instance, state_of(instance))
        if label == INTERACTION:
            if "first" not in values or "second" not in values:
                continue
            values["first"], values["second"] = sorted((values["first"], values["second"]))
        yield values
