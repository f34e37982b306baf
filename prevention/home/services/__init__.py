"""Load starter content: Markdown and YAML files -> snippets and published pages.

A page says each source once, under `sources`, and which of them back which section, under `citations`.
All files are read and checked before anything is written, and all is written in one transaction: a mistake
names its file, line and field, and loads nothing. What exists already is left as editors have made it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from modelcluster.models import get_all_child_relations
from wagtail.models import Page, ReferenceIndex, Site
from wagtail.signal_handlers import disable_reference_index_auto_update

from prevention.core.models import BasePage, Citation
from prevention.home.services.fields import fill, messages_of
from prevention.home.services.files import Source, StarterError, read, read_pages, rows_of
from prevention.home.services.layout import (
    INTERACTION,
    INTERACTIONS,
    PAGE_ORDER,
    PLACE,
    SEARCH,
    SNIPPETS,
    STARTER,
    USUAL_PLACE,
)

__all__ = ["INTERACTIONS", "SEARCH", "SNIPPETS", "STARTER", "StarterError", "load", "read", "set_site"]

# Relations to pages that may be loaded later: set once all pages are there.
LATER = frozenset({"groups"})


def load(folder: Path = STARTER, *, tell: Callable[[str], None] = lambda line: None) -> dict[str, int]:
    """Load every file of `folder`; returns how many snippets and pages were made.

    `tell` gets a line of progress for each file. Raises StarterError, having written nothing.
    """
    snippets = [read(folder / name) for name in SNIPPETS if (folder / name).exists()]
    pages = sorted(read_pages(folder), key=_place)
    mixing = read(folder / INTERACTIONS) if (folder / INTERACTIONS).exists() else None
    later = [read(folder / name) for name in SEARCH if (folder / name).exists()]
    made = {"snippets": 0, "pages": 0}
    problems: list[str] = []
    with transaction.atomic():
        for source in snippets:
            made["snippets"] += _load_snippets(source, problems)
            tell(source.path.name)
        waiting: list[tuple[BasePage, Source]] = []
        new: list[BasePage] = []
        # Wagtail's table of references is written once a page here, not once for each row of a page.
        with disable_reference_index_auto_update():
            for source in pages:
                page = _load_page(source, problems)
                tell(source.path.name)
                if page is None:
                    continue
                new.append(page)
                if LATER & set(source.data):
                    waiting.append((page, source))
                else:
                    _make_live(page)
            for page, source in waiting:
                problems += _publish(page, source)
        if mixing and not problems:
            made["snippets"] += _load_interactions(mixing, problems)
            tell(INTERACTIONS)
        for source in later:
            made["snippets"] += _load_snippets(source, problems)
            tell(source.path.name)
        if problems:
            raise StarterError(problems)
        for page in new:
            ReferenceIndex.create_or_update_for_object(page)
        made["pages"] = len(new)
    return made


def _place(source: Source) -> tuple[int, int, str]:
    place = source.data.get(PLACE, USUAL_PLACE)
    if not isinstance(place, int):
        raise StarterError([source.problem(PLACE, "give a whole number.")])
    return PAGE_ORDER.index(source.data["model"]), place, source.path.name


# Snippets


def _load_snippets(source: Source, problems: list[str]) -> int:
    made = 0
    for key, (label, identity) in {**SNIPPETS, **SEARCH}[source.path.name].items():
        model = apps.get_model(label)
        rows = rows_of(source, key)
        for row in rows:
            known = {name: row.get(name, "") for name in identity.split()}
            if model._default_manager.filter(**known).exists():
                continue
            instance = model()
            problems += fill(instance, row, source, key or str(known))
            if _save(instance, source, key or str(known), problems):
                made += 1
    return made


def _save(instance: models.Model, source: Source, key: str, problems: list[str]) -> bool:
    try:
        instance.full_clean()
    except ValidationError as error:
        problems += [source.problem(key, message) for message in messages_of(error)]
        return False
    instance.save()
    return True


# Pages


def _load_page(source: Source, problems: list[str]) -> BasePage | None:
    """Make the page of one file, not yet published; None when it is there already or has mistakes."""
    data = {name: value for name, value in source.data.items() if name != PLACE}
    model: type[BasePage] = apps.get_model(data.pop("model"))
    if model.objects.filter(slug=data.get("slug", "")).exists():
        return None
    found = len(problems)
    page = model(live=False)
    problems += _cite(data, source)
    now = {name: value for name, value in data.items() if name not in LATER}
    problems += fill(page, now, source, "")
    cited = {citation.section for citation in page.citations.all()}
    problems += [source.problem(name, text) for name, text in page.publishing_errors(cited).items()]
    if len(problems) == found:
        problems += _invalid(page, source)
    if len(problems) > found:
        return None
    _parent(model).add_child(instance=page)
    return page


def _cite(data: dict[str, Any], source: Source) -> list[str]:
    """Replace `sources` and {section: [key]} in `data` by the rows that a page has; returns the mistakes."""
    known = data.pop("sources", None)
    sections = data.get("citations")
    if known is None and not sections:
        return []
    # A list, where a section is cited again after another one.
    parts: list[Any] = sections if isinstance(sections, list) else [sections]
    if not isinstance(known, dict) or not all(isinstance(part, dict) for part in parts):
        data["citations"] = []
        return [source.problem("citations", "give `sources` by a key, and under each section its keys.")]
    problems = []
    rows: list[dict[str, Any]] = []
    for key, row in known.items():
        if not isinstance(row, dict):
            problems.append(source.problem(f"sources.{key}", "give it as named fields."))
            continue
        problems += fill(Citation(), row, source, f"sources.{key}")
    for section, keys in [pair for part in parts for pair in part.items()]:
        for key in keys if isinstance(keys, list) else [keys]:
            if not isinstance(key, str) or key not in known:
                problems.append(source.problem(f"citations.{section}", f"there is no source called {key}."))
            elif not problems:
                rows.append({"section": section, **known[key]})
    data["citations"] = rows
    return problems


def _publish(page: BasePage, source: Source) -> list[str]:
    """Set what had to wait for other pages, and publish; returns the mistakes."""
    rest = {name: source.data[name] for name in LATER & set(source.data)}
    problems = fill(page, rest, source, "")
    if not problems:
        _make_live(page)
    return problems


def _make_live(page: BasePage) -> None:
    """Save the page as a revision and publish it."""
    revision = page.save_revision()
    # To read hundreds of rows back from its JSON, twice, would cost more than all the rest of its loading.
    revision.as_object = lambda: page
    revision.publish()


def _load_interactions(source: Source, problems: list[str]) -> int:
    """Each row names its pair by the slugs of two substance pages."""
    model = apps.get_model(INTERACTION)
    pages = {page.slug: page.pk for page in apps.get_model("substances.SubstancePage").objects.only("slug")}
    made = 0
    for number, row in enumerate(rows_of(source, ""), start=1):
        place = str(number)
        pair = [row.get("first", ""), row.get("second", "")]
        missing = [str(slug) for slug in pair if not isinstance(slug, str) or slug not in pages]
        if missing:
            problems.append(source.problem(place, f"there is no substance called {', '.join(missing)}."))
            continue
        first, second = sorted(pages[slug] for slug in pair)
        if model._default_manager.filter(first=first, second=second).exists():
            continue
        instance = model(first_id=first, second_id=second)
        rest = {name: value for name, value in row.items() if name not in {"first", "second"}}
        found = fill(instance, rest, source, place)
        problems += found
        made += not found and _save(instance, source, place, problems)
    return made


def _invalid(page: BasePage, source: Source) -> list[str]:
    """What a form would refuse of the page and of its rows, before anything of it is written."""
    problems = []
    try:
        page.full_clean(exclude=["path", "depth"])
    except ValidationError as error:
        problems += [source.problem(message.partition(":")[0], message) for message in messages_of(error)]
    for relation in get_all_child_relations(type(page)):
        name = relation.get_accessor_name()
        rows = list(getattr(page, name).all())
        for number, row in enumerate(rows, start=1):
            try:
                row.full_clean(exclude=[relation.field.name], validate_constraints=False)
            except ValidationError as error:
                problems += [source.problem(f"{name}.{number}", message) for message in messages_of(error)]
        if len({str(row) for row in rows}) < len(rows) and name == "names":
            problems.append(source.problem(name, "a name stands here twice."))
    return problems


def _parent(model: type[BasePage]) -> Page:
    """Where pages of this type belong. The first home page takes the place of Wagtail's welcome page."""
    label = model.parent_page_types[0]
    if label != "wagtailcore.Page":
        parent: Page = apps.get_model(label).objects.get()
        return parent
    root: Page = Page.get_first_root_node()
    for welcome in root.get_children().exact_type(Page):
        welcome.delete()
    return Page.objects.get(pk=root.pk)


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
