"""Decides for each item of the files what becomes of it, by what the ledger says, and does it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from wagtail.models import Page

from prevention.core.models import BasePage
from prevention.editorial.locks import lock_pages
from prevention.home.starter_loader import pages
from prevention.home.starter_loader.contents import INTERACTION, Item, called
from prevention.home.starter_loader.facts import save, take_bookkeeping
from prevention.home.starter_loader.fields import fill, messages_of
from prevention.home.starter_loader.files import Source
from prevention.home.starter_loader.ledger import Ledger, touched
from prevention.home.starter_loader.report import Report
from prevention.media.models import CandourDocument

Tell = Callable[[str], None]


class Loader:
    """One run over the items of the files.

    `forced`: take the files' version of every item, whatever editors have done to it. Afterwards `problems`
    has the mistakes of the files, `written` what was made or updated, and `report` what to say. The documents
    that it saves are added to `uploaded`.
    """

    def __init__(
        self, ledger: Ledger, uploaded: list[CandourDocument], *, forced: bool, say_all: bool
    ) -> None:
        self.report = Report()
        self.problems: list[str] = []
        self.written: list[models.Model] = []
        self._ledger = ledger
        self._uploaded = uploaded
        self._parents: dict[str, Page | None] = {}
        self._forced = forced
        self._say_all = say_all

    def load(self, files: Iterable[tuple[Source, list[Item]]], tell: Tell) -> None:
        """Go through the files in their order; a line of progress for each."""
        waiting: list[tuple[Item, BasePage | None]] = []
        for source, items in files:
            if not any(item.is_page for item in items):
                self._finish_pages(waiting)
            tell(source.path.name)
            for item in items:
                # A record joins two pages: it is not looked at while a page has mistakes.
                if not (item.label == INTERACTION and self.problems) and self._is_to_do(item):
                    self._begin_page(item, waiting) if item.is_page else self._load_snippet(item)
        self._finish_pages(waiting)

    def say_dropped(self, keys: Iterable[str]) -> None:
        """Say what was made once and stands in the files no longer. It is left as it is."""
        known = set(keys)
        gone = [key for key, line in self._ledger.lines.items() if key not in known and not line.is_theirs]
        self._leave(
            [key for key in gone if key in self._ledger.found], "dropped", "the files no longer have it."
        )

    # What is to be done

    def _is_to_do(self, item: Item) -> bool:
        """Is it to be built: because it is new, or because the files say something else than before?"""
        ledger = self._ledger
        line = ledger.lines.get(item.key)
        if line is None and self._is_of_editors(item):
            return self._forced and item.key in ledger.found
        if line is None or self._forced:
            return True
        found = ledger.found.get(item.key)
        if found is None:
            self._leave([item.key], "removed", "editors have removed it.")
            return False
        if line.is_theirs:
            self._leave([item.key], "theirs", "an editor made it.")
            return False
        if found.name != item.name:
            self._leave([item.key], "renamed", f"editors have renamed it to {found.name}.")
            return False
        return line.source != item.digest

    def _is_of_editors(self, item: Item) -> bool:
        """Is there something under the name of an item that the loader has never made?"""
        theirs = self._ledger.others(item.label).get(item.name)
        if theirs is not None and theirs.pk not in self._made_of(item.label):
            self._ledger.note(item, theirs, "")
            self._leave([item.key], "theirs", "an editor made it.")
        elif theirs is not None or (item.is_page and self._is_taken(item)):
            self._ledger.absent.add(item.key)
            self.report.left.append(f"{item}: editors have given this name to something else.")
        else:
            return False
        return True

    def _is_taken(self, item: Item) -> bool:
        """Has another page the slug of this one, where a page of this type belongs?"""
        if item.name not in self._ledger.all_slugs:
            return False
        parent = self._parent_of(item)
        return parent is not None and Page.objects.child_of(parent).filter(slug=item.name).exists()

    def _parent_of(self, item: Item) -> Page | None:
        # One object for all its children: the tree counts them in it.
        if item.label not in self._parents:
            self._parents[item.label] = pages.parent_of(apps.get_model(item.label))
        return self._parents[item.label]

    def _made_of(self, label: str) -> set[int]:
        return {found.pk for key, found in self._ledger.found.items() if key.startswith(f"{label}:")}

    def _leave(self, keys: list[str], code: str, why: str) -> None:
        """Say that these are left alone: each once, or every time when all is asked for."""
        new = self._ledger.say_once(keys, code)
        self.report.left += [f"{called(key)}: {why}" for key in (keys if self._say_all else new)]

    def _is_news(self, item: Item, instance: Any, written: str) -> bool:
        """May what is there be updated? Where editors have touched it, it is left alone, and that is said."""
        if self._forced:
            return True
        line = self._ledger.lines[item.key]
        if written == line.written:
            self._ledger.compared(item)
            return False
        why = touched(instance, line, self._ledger)
        if why:
            self.report.left.append(
                f"{item}: {why}, and the files have a newer version. It is taken by "
                f"`load_starter --update {item.key}`."
            )
        return not why

    def _was_done(self, item: Item, instance: models.Model, written: str, *, is_new: bool) -> None:
        self._ledger.note(item, instance, written)
        self.written.append(instance)
        (self.report.made if is_new else self.report.changed).append(str(item))
        self.report.pages += is_new and item.is_page
        self.report.snippets += is_new and not item.is_page
        self.report.updated += not is_new
        self._say_removed(item)

    def _say_removed(self, item: Item) -> None:
        removed = sorted(set(self._ledger.removed_names))
        self._ledger.removed_names.clear()
        if removed:
            self.report.left.append(f"{item} does not name {', '.join(removed)}: editors have removed that.")

    # Snippets

    def _load_snippet(self, item: Item) -> None:
        self._ledger.removed_names.clear()
        instance: Any = item.model()
        found = len(self.problems)
        if item.label == INTERACTION and not self._set_pair(instance, item):
            return
        rest = {name: value for name, value in item.row.items() if not _is_side(item, name)}
        self.problems += fill(instance, rest, item.source, item.place, self._ledger.find)
        former = self._ledger.instance_of(item) if item.key in self._ledger.found else None
        if former is not None:
            # Validated and saved as the row that is there.
            take_bookkeeping(instance, former)
        try:
            instance.full_clean()
            instance.ask_gate()
        except ValidationError as error:
            self.problems += [item.problem(item.place, text) for text in messages_of(error)]
        if len(self.problems) > found:
            return
        written = self._ledger.state_hash(instance)
        if former is None or self._is_news(item, former, written):
            save(instance)
            self._was_done(item, instance, written, is_new=former is None)

    def _set_pair(self, record: Any, item: Item) -> bool:
        """Set both pages of a record; False where one was removed, or is not known."""
        sides = [str(item.row.get(side, "")) for side in ("first", "second")]
        try:
            found = self._ledger.find(type(record)._meta.get_field("first").related_model, sides)
        except LookupError as error:
            self.problems.append(item.problem(item.place, str(error)))
            return False
        if len(found) < len(sides):
            removed = " and ".join(sorted(set(self._ledger.removed_names)))
            self._ledger.removed_names.clear()
            self.report.left.append(f"{item}: editors have removed {removed}.")
            return False
        record.first, record.second = sorted(found, key=lambda page: page.pk)
        return True

    # Pages

    def _begin_page(self, item: Item, waiting: list[tuple[Item, BasePage | None]]) -> None:
        """Make a new page; one that is there waits until all new ones are, since it may name them."""
        if item.key in self._ledger.found:
            waiting.append((item, None))
            return
        self._ledger.removed_names.clear()
        page = pages.build(item, self.problems, self._ledger.find, is_new=True)
        if page is None:
            return
        parent = self._parent_of(item)
        if parent is None:
            self._ledger.absent.add(item.key)
            self.report.left.append(f"{item}: editors have removed the page that it stood under.")
            return
        self._uploaded += pages.save_documents(page)
        try:
            pages.make_live(page, parent)
        except ValidationError as error:
            self.problems += pages.told(error, item)
            return
        self._ledger.place(item, page)
        self._say_removed(item)
        waiting.append((item, page))

    def _finish_pages(self, waiting: list[tuple[Item, BasePage | None]]) -> None:
        for item, page in waiting:
            if page is not None:
                self._finish_new(item, page)
            else:
                self._compare(item)
        waiting.clear()

    def _finish_new(self, item: Item, page: BasePage) -> None:
        problems = pages.add_later(page, item, self._ledger.find)
        self.problems += problems
        if not problems:
            written = self._ledger.state_hash(page)
            pages.add_history(page)
            self._was_done(item, page, written, is_new=True)

    def _compare(self, item: Item) -> None:
        self._ledger.removed_names.clear()
        fresh = pages.build(item, self.problems, self._ledger.find, is_new=False)
        problems = pages.add_later(fresh, item, self._ledger.find) if fresh is not None else []
        self.problems += problems
        if fresh is None or problems:
            return
        written = self._ledger.state_hash(fresh)
        # Held until the end: an editor who publishes it now comes before this, or after.
        lock_pages([self._ledger.found[item.key].pk])
        page = self._ledger.instance_of(item)
        if self._is_news(item, page, written):
            pages.put_in_place(page, fresh)
            self._uploaded += pages.save_documents(page)
            try:
                pages.publish(page)
            except ValidationError as error:
                self.problems += pages.told(error, item)
                return
            self._was_done(item, page, written, is_new=False)


def _is_side(item: Item, name: str) -> bool:
    return item.label == INTERACTION and name in {"first", "second"}
