"""The ledger of the loader: what it has made in this database, and what has become of it since."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from wagtail.models import Page

from prevention import clock
from prevention.core.models import Fact
from prevention.home.models import StarterEntry
from prevention.home.starter_loader.contents import IDENTITY, PAGE_ORDER, Item, called
from prevention.home.starter_loader.fields import by_slug
from prevention.home.starter_loader.files import StarterError
from prevention.home.starter_loader.state import hash_of, state_of

_HASH = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"[1-9][0-9]{0,17}")


@dataclass(frozen=True)
class Found:
    """What a line of the ledger points to, as it is now: its id, and the name that it has now."""

    pk: int
    name: str


class Ledger:
    """The lines of the ledger, and what each of them points to.

    `found` has {key: what is there}; what editors have deleted is not in it. `slugs` has {id of a page: its
    slug in the files}, which editors may have changed. `absent` has the keys of what could not be made now,
    since editors stand in the way: what names it goes without it.
    """

    def __init__(self) -> None:
        """Read the ledger. Raises StarterError for a line that can not be right."""
        self.lines = {line.key: line for line in StarterEntry.objects.all()}
        self.removed_names: list[str] = []
        self.absent: set[str] = set()
        self._known: dict[tuple[type[models.Model], str], models.Model] = {}
        self._others: dict[str, dict[str, models.Model]] = {}
        self._changed: dict[str, StarterEntry] = {}
        problems = [_told(line, problem) for line in self.lines.values() for problem in _mistakes(line)]
        pages = list(_pages(self.lines.values())) if not problems else []
        problems += [
            _told(line, f"its pointer leads to a {label}, not to a {_label(line)}.")
            for line, _, label in pages
            if label != _label(line)
        ]
        if problems:
            raise StarterError(problems)
        self.slugs = {found.pk: _name(line) for line, found, _ in pages}
        self.found = {line.key: found for line, found, _ in pages}
        for label in IDENTITY:
            self.found |= _snippets(label, self.lines, self.slugs)

    def state_hash(self, instance: models.Model) -> str:
        """Return the hash of a page or snippet, with pages named as the files name them."""
        return hash_of(state_of(instance, self.slugs))

    def instance_of(self, item: Item) -> Any:
        """Return the page or snippet that was made of an item. Only where `found` has it."""
        return item.model._default_manager.get(pk=self.found[item.key].pk)

    def find(self, model: type[models.Model], slugs: list[str]) -> list[models.Model]:
        """Return the pages or snippets that the files call so, under whatever slug they are now.

        Those that editors have removed are left out, and noted in `removed_names`. Raises LookupError for a
        name that was never there.
        """
        found = []
        for slug in slugs:
            instance = self._known.get((model, slug)) or self._look_up(model, slug)
            if instance is not None:
                self._known[model, slug] = instance
                found.append(instance)
        return found

    def _look_up(self, model: type[models.Model], slug: str) -> models.Model | None:
        labels = PAGE_ORDER if model is Page else [model._meta.label]
        keys = [f"{label}:{slug}" for label in labels]
        keys = [key for key in keys if key in self.lines or key in self.absent]
        for key in keys:
            if key in self.found:
                return model._default_manager.get(pk=self.found[key].pk)
        if keys:
            self.removed_names.append(called(keys[0]))
            return None
        return by_slug(model, [slug])[0]

    @cached_property
    def all_slugs(self) -> set[str]:
        """The slugs of all pages as they were when first asked."""
        return set(Page.objects.filter(depth__gt=1).values_list("slug", flat=True))

    def others(self, label: str) -> dict[str, models.Model]:
        """Return {name: page or snippet} of one model as it was when first asked: made by whomever."""
        if label not in self._others:
            rows = apps.get_model(label)._default_manager.all()
            if label in IDENTITY:
                names = [field for field in IDENTITY[label] if rows.model._meta.get_field(field).is_relation]
                rows = rows.select_related(*names) if names else rows
                self._others[label] = {name_of(row, self.slugs): row for row in rows}
            else:
                self._others[label] = {row.slug: row for row in rows.only("slug", "translation_key")}
        return self._others[label]

    def place(self, item: Item, instance: models.Model) -> None:
        """Remember, for this run, where an item stands."""
        self.found[item.key] = Found(instance.pk, item.name)
        if isinstance(instance, Page):
            self.slugs[instance.pk] = item.name

    def note(self, item: Item, instance: models.Model, written: str) -> None:
        """Note what was made or updated; `written` is '' for what an editor has made."""
        line = self.lines.setdefault(item.key, StarterEntry(key=item.key))
        line.pointer, line.written, line.source = pointer_to(instance), written, item.digest
        line.told, line.at = "", clock.now()
        self._changed[item.key] = line
        self.place(item, instance)

    def compared(self, item: Item) -> None:
        """Note that what the files say now makes no difference."""
        self.lines[item.key].source = item.digest
        self._changed[item.key] = self.lines[item.key]

    def say_once(self, keys: Iterable[str], why: str) -> list[str]:
        """Return those keys of which this has not been said yet, and note that it is said now."""
        new = [key for key in keys if self.lines[key].told != why]
        for key in new:
            self.lines[key].told = why
            self._changed[key] = self.lines[key]
        return new

    def write(self) -> None:
        """Write the lines that were noted since it was read."""
        new = [line for line in self._changed.values() if line._state.adding]
        known = [line for line in self._changed.values() if not line._state.adding]
        StarterEntry.objects.bulk_create(new)
        fields = ("pointer", "written", "source", "told", "at")
        StarterEntry.objects.bulk_update(known, fields, batch_size=100)
        self._changed.clear()


def touched(instance: Any, line: StarterEntry, ledger: Ledger) -> str:
    """Return what editors have done to a page or snippet since it was written; '' when nobody touched it."""
    if line.is_theirs:
        return "an editor made it"
    if isinstance(instance, Page | Fact):
        if not instance.live:
            return "it is not published any more"
        if instance.has_unpublished_changes or instance.latest_revision_id != instance.live_revision_id:
            return "it has changes that are not published yet"
        if isinstance(instance, Page) and instance.get_view_restrictions().exists():
            return "it is not open to everybody"
        if instance.go_live_at or instance.expire_at:
            return "it has a date on which it is published or withdrawn"
        if instance.locked or instance.current_workflow_state:
            return "editors are at work on it"
    return "" if ledger.state_hash(instance) == line.written else "editors have changed it"


def pointer_to(instance: models.Model) -> str:
    """Return what the ledger keeps of a page or snippet, to know it again under another name."""
    return str(instance.translation_key) if isinstance(instance, Page) else str(instance.pk)


def _told(line: StarterEntry, problem: str) -> str:
    return (
        f"The ledger of the starter content (home_starterentry), line {line.pk}, {line.key}: {problem} Put a "
        "backup back, or delete this line: what it tells of is then an editor's."
    )


def _mistakes(line: StarterEntry) -> Iterator[str]:
    label, colon, name = line.key.partition(":")
    if label not in (*PAGE_ORDER, *IDENTITY):
        yield f"key: the starter holds nothing of the type {label}."
        return
    if not colon or not name:
        yield "key: there is no slug or code after the type."
    if line.pointer and not _is_pointer(line.pointer, is_page=label in PAGE_ORDER):
        kind = "key of a page" if label in PAGE_ORDER else "id of a row"
        yield f"pointer: {line.pointer} is not the {kind}."
    if not _HASH.fullmatch(line.written) and (line.written or not line.pointer):
        yield "written: this is not a hash of 64 hexadecimal digits."
    if line.source and not _HASH.fullmatch(line.source):
        yield "source: this is not a hash of 64 hexadecimal digits."


def _is_pointer(pointer: str, *, is_page: bool) -> bool:
    if not is_page:
        return _ID.fullmatch(pointer) is not None
    try:
        return str(UUID(pointer)) == pointer
    except ValueError:
        return False


def _label(line: StarterEntry) -> str:
    return line.key.partition(":")[0]


def _name(line: StarterEntry) -> str:
    return line.key.partition(":")[2]


def _pages(lines: Iterable[StarterEntry]) -> Iterator[tuple[StarterEntry, Found, str]]:
    """Yield (line, what it points to, the type of that) for the lines of pages that are there."""
    wanted = {line.pointer: line for line in lines if line.pointer and _label(line) in PAGE_ORDER}
    for page in Page.objects.filter(translation_key__in=wanted).only(
        "slug", "translation_key", "content_type"
    ):
        label = page.cached_content_type.model_class()._meta.label
        yield wanted[str(page.translation_key)], Found(page.pk, page.slug), label


def _snippets(label: str, lines: dict[str, StarterEntry], slugs: dict[int, str]) -> dict[str, Found]:
    """Return {key: what is there} for the lines of one model of snippets."""
    wanted = {line.pointer: line.key for line in lines.values() if line.pointer and _label(line) == label}
    found = {}
    rows = apps.get_model(label)._default_manager.filter(pk__in=wanted) if wanted else []
    for row in rows:
        found[wanted[str(row.pk)]] = Found(row.pk, name_of(row, slugs))
    return found


def name_of(instance: Any, slugs: dict[int, str]) -> str:
    """Return what tells a snippet from others of its model, as the files write it."""
    parts = [getattr(instance, field) for field in IDENTITY[instance._meta.label]]
    if all(isinstance(part, Page) for part in parts):
        parts = sorted(slugs.get(page.pk, page.slug) for page in parts)
    return "/".join(map(str, parts))
