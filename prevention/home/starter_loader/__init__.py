"""Load starter content: files -> snippets and published pages, by a ledger of what was made before.

A page says each source once, under `sources`, and which of them back which section, under `citations`.
All files are read and checked before anything is written, and all is written in one transaction: a mistake
names its file, line and field, and loads nothing. What editors have changed, renamed or removed is left so.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path

from django.apps import apps
from django.db import transaction
from wagtail.models import Site

from prevention.core.models import BasePage
from prevention.home.starter_loader.contents import Item, read_items
from prevention.home.starter_loader.files import Source, StarterError, read
from prevention.home.starter_loader.layout import INTERACTIONS, SEARCH, SNIPPETS, STARTER
from prevention.home.starter_loader.ledger import Ledger
from prevention.home.starter_loader.loader import Loader
from prevention.home.starter_loader.pages import indexed_once
from prevention.home.starter_loader.report import Report
from prevention.media.models import CandourDocument

__all__ = [
    "INTERACTIONS",
    "SEARCH",
    "SNIPPETS",
    "STARTER",
    "Report",
    "StarterError",
    "load",
    "read",
    "set_site",
]

Files = list[tuple[Source, list[Item]]]


def load(
    folder: Path = STARTER,
    *,
    tell: Callable[[str], None] = lambda line: None,
    only: Iterable[str] = (),
    is_trial: bool = False,
) -> Report:
    """Load the files of `folder`; returns what was made, what was updated and what was left alone.

    `tell` gets the name of each file. `only`: slugs or codes of which the files' version is taken, whatever
    editors have done to them; nothing else is loaded then. `is_trial`: find out what would be done, and do
    nothing. Raises StarterError, having written nothing.
    """
    files = read_items(folder)
    chosen = _chosen(files, only)
    with _collector_at_rest(), _all_or_nothing(is_trial=is_trial) as uploaded:
        ledger = Ledger()
        loader = Loader(ledger, uploaded, forced=bool(chosen), say_all=is_trial)
        with indexed_once(loader.written):
            loader.load(chosen or files, tell)
            if loader.problems:
                raise StarterError(loader.problems)
            if not chosen:
                loader.say_dropped(item.key for _, items in files for item in items)
            ledger.write()
    return loader.report


def _chosen(files: Files, only: Iterable[str]) -> Files:
    """Return the files with only those items that are called so. Raises StarterError for a name of none."""
    items = [item for _, items in files for item in items]
    keys: set[str] = set()
    problems = []
    for name in only:
        found = [item.key for item in items if name in {item.key, item.name}]
        keys |= set(found)
        if not found:
            known = {item.name for item in items} | {item.key for item in items}
            near = get_close_matches(name, sorted(known), n=3)
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
            problems.append(f"Nothing in the starter content is called {name}.{hint}")
        elif len(found) > 1:
            problems.append(f"Several things are called {name}. Say which: {' or '.join(found)}.")
    if problems:
        raise StarterError(problems)
    kept = [(source, [item for item in items if item.key in keys]) for source, items in files]
    return [(source, items) for source, items in kept if items]


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Inside, Python looks for no garbage: of what a load makes nearly all is kept until its end."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def _all_or_nothing(*, is_trial: bool) -> Iterator[list[CandourDocument]]:
    """One transaction. What it has uploaded, and lists, goes with it when it fails or is a trial."""
    uploaded: list[CandourDocument] = []
    is_kept = False
    try:
        with transaction.atomic():
            yield uploaded
            transaction.set_rollback(is_trial)
        is_kept = not is_trial
    finally:
        for document in uploaded if not is_kept else ():
            document.file.storage.delete(document.file.name)


def set_site() -> None:
    """Make the home page the root of the default site, when no other page of ours is."""
    home = apps.get_model("home.HomePage").objects.first()
    site = Site.objects.filter(is_default_site=True).first()
    if home and site is None:
        Site.objects.create(hostname="localhost", root_page=home, is_default_site=True, site_name="Candour")
    elif home and site and not isinstance(site.root_page.specific, BasePage):
        site.root_page = home
        site.site_name = "Candour"
        site.save()
