"""What the starter files hold: a list of items, each of which becomes one page or one snippet."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models
from wagtail.models import Page

from prevention.home.starter_loader.fields import folder_of
from prevention.home.starter_loader.files import Source, StarterError, read, read_pages, rows_of
from prevention.home.starter_loader.layout import (
    INTERACTION,
    INTERACTIONS,
    PAGE_ORDER,
    PLACE,
    SEARCH,
    SNIPPETS,
    USUAL_PLACE,
)

# The fields that tell one snippet of a model from another.
IDENTITY = {
    label: tuple(fields.split()) for file in (SNIPPETS | SEARCH).values() for label, fields in file.values()
} | {INTERACTION: ("first", "second")}


@dataclass(frozen=True)
class Item:
    """One page or snippet as the files have it.

    `name` tells it from others of its model: a slug, a code, or two of them with a slash. `place` says where
    in its file it stands, and `row` holds its fields.
    """

    label: str
    name: str
    source: Source = field(repr=False)
    place: str
    row: dict[str, Any] = field(repr=False)

    @property
    def key(self) -> str:
        """What the ledger calls it, for example 'substances.SubstancePage:ketamine'."""
        return f"{self.label}:{self.name}"

    @property
    def model(self) -> type[models.Model]:
        """The model that it becomes an instance of."""
        return apps.get_model(self.label)

    @property
    def is_page(self) -> bool:
        """Whether it becomes a page, and not a snippet."""
        return issubclass(self.model, Page)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what the files say of it, with the files that it brings."""
        text = json.dumps(self.row, sort_keys=True, ensure_ascii=False, default=str)
        digest = hashlib.sha256(text.encode())
        files = self.row.get("files") if self.is_page else None
        for row in files if isinstance(files, list) else ():
            path = folder_of(self.source) / str(row.get("file", "")) if isinstance(row, dict) else None
            digest.update(path.read_bytes() if path is not None and path.is_file() else b"")
        return digest.hexdigest()

    def problem(self, name: str, message: str) -> str:
        """A sentence that says where the mistake is."""
        return self.source.problem(self.place or name, message)

    def __str__(self) -> str:
        return called(self.key)


def called(key: str) -> str:
    """Return what a person reads for a key: 'substance ketamine'."""
    label, _, name = key.partition(":")
    return f"{apps.get_model(label)._meta.verbose_name} {name}"


def read_items(folder: Path) -> list[tuple[Source, list[Item]]]:
    """Read every file of `folder`: (file, its items) in the order of loading.

    Raises StarterError for what is not YAML, holds no rows, names no model, or stands there twice.
    """
    files = [(source, list(_snippets(source))) for source in _sources(folder, SNIPPETS)]
    pages = sorted(read_pages(folder), key=_order)
    files += [(source, [_page(source)]) for source in pages]
    files += [(source, list(_interactions(source))) for source in _sources(folder, [INTERACTIONS])]
    files += [(source, list(_snippets(source))) for source in _sources(folder, SEARCH)]
    seen: set[str] = set()
    twice = []
    for item in (item for _, items in files for item in items):
        if item.key in seen:
            twice.append(item.problem("slug", f"the {item} stands in the files twice."))
        seen.add(item.key)
    if twice:
        raise StarterError(twice)
    return files


def _sources(folder: Path, names: Any) -> list[Source]:
    return [read(folder / name) for name in names if (folder / name).exists()]


def _order(source: Source) -> tuple[int, int, str]:
    place = source.data.get(PLACE, USUAL_PLACE)
    if not isinstance(place, int):
        raise StarterError([source.problem(PLACE, "give a whole number.")])
    return PAGE_ORDER.index(source.data["model"]), place, source.path.name


def _page(source: Source) -> Item:
    row = {name: value for name, value in source.data.items() if name != PLACE}
    return Item(row.pop("model"), str(row.get("slug", "")), source, "", row)


def _snippets(source: Source) -> Iterator[Item]:
    for key, (label, identity) in (SNIPPETS | SEARCH)[source.path.name].items():
        for number, row in enumerate(rows_of(source, key), start=1):
            place = f"{key}.{number}" if key else str(number)
            name = "/".join(str(row.get(part, "")) for part in identity.split())
            yield Item(label, name, source, place, row)


def _interactions(source: Source) -> Iterator[Item]:
    for number, row in enumerate(rows_of(source, ""), start=1):
        pair = sorted(str(row.get(side, "")) for side in IDENTITY[INTERACTION])
        yield Item(INTERACTION, "/".join(pair), source, str(number), row)
