"""Load starter content: YAML files -> snippets and published pages.

All files are read and checked before anything is written, and all is written in one transaction: a mistake
names its file, line and field, and loads nothing. What exists already is left as editors have made it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import models, transaction
from modelcluster.fields import ParentalManyToManyField
from modelcluster.models import get_all_child_relations
from wagtail.documents import get_document_model
from wagtail.models import Page, Site

from prevention.core.fields import LinesField, SafeRichTextField
from prevention.core.models import BasePage
from prevention.core.sanitise import markdown_to_html

STARTER = Path(__file__).parent / "starter"

# Snippet files: each top-level list and the model that it fills, in the order in which they need each other.
# Models of apps above this one are named, not imported.
SNIPPETS: dict[str, dict[str, tuple[str, str]]] = {
    "vocabularies.yaml": {
        "key_stages": ("resources.KeyStage", "slug"),
        "risk_groups": ("resources.RiskGroup", "slug"),
        "families": ("substances.Family", "slug"),
        "penalty_profiles": ("substances.PenaltyProfile", "regime drug_class"),
    },
    "helplines.yaml": {"": ("help.Helpline", "code")},
    "intents.yaml": {"": ("search.UrgentIntent", "code")},
}
# Parents come before children.
PAGE_ORDER = (
    "home.HomePage",
    "substances.SubstanceIndexPage",
    "resources.ResourceIndexPage",
    "help.HelpPage",
    "home.StandardPage",
    "substances.SubstancePage",
    "resources.LessonPackPage",
)


class StarterError(ValueError):
    """The starter content has mistakes; `problems` says each with its file, line and field."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Source:
    """One YAML file: its data, and the line on which each top-level key stands."""

    path: Path
    data: Any
    lines: dict[str, int] = field(default_factory=dict)

    def problem(self, key: str, message: str) -> str:
        """A sentence that says where the mistake is."""
        return f"{self.path.name}, line {self.lines.get(key, 1)}, {key}: {message}"


def load(folder: Path = STARTER, *, tell: Callable[[str], None] = lambda line: None) -> dict[str, int]:
    """Load every file of `folder`; returns how many snippets and pages were made.

    `tell` gets a line of progress for each file. Raises StarterError, having written nothing.
    """
    snippets = [read(folder / name) for name in SNIPPETS if (folder / name).exists()]
    pages = sorted((read(path) for path in sorted(folder.glob("*/*.yaml"))), key=_place)
    made = {"snippets": 0, "pages": 0}
    problems: list[str] = []
    with transaction.atomic():
        for source in snippets:
            made["snippets"] += _load_snippets(source, problems)
            tell(source.path.name)
        for source in pages:
            made["pages"] += _load_page(source, problems)
            tell(source.path.name)
        if problems:
            raise StarterError(problems)
    return made


def read(path: Path) -> Source:
    """Parse one file. Raises StarterError with the line when it is not YAML."""
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise StarterError([f"{path.name}, line {line}: this is not valid YAML ({error})."]) from error
    keys = node.value if isinstance(node, yaml.MappingNode) else []
    return Source(path, data, {key.value: key.start_mark.line + 1 for key, _ in keys})


def _place(source: Source) -> tuple[int, str]:
    label = source.data.get("model", "") if isinstance(source.data, dict) else ""
    if label not in PAGE_ORDER:
        known = ", ".join(PAGE_ORDER)
        raise StarterError([source.problem("model", f"give one of {known}.")])
    return PAGE_ORDER.index(label), source.path.name


# Snippets


def _load_snippets(source: Source, problems: list[str]) -> int:
    made = 0
    for key, (label, identity) in SNIPPETS[source.path.name].items():
        model = apps.get_model(label)
        rows = _rows(source, key)
        for order, row in enumerate(rows):
            known = {name: row.get(name, "") for name in identity.split()}
            if model._default_manager.filter(**known).exists():
                continue
            instance = model()
            extra = {"order": order} if "order" not in row and _has_field(model, "order") else {}
            problems += _fill(instance, {**row, **extra}, source, key or str(known))
            if _save(instance, source, key or str(known), problems):
                made += 1
    return made


def _rows(source: Source, key: str) -> list[dict[str, Any]]:
    """The rows of a snippet file. Raises StarterError when it holds anything else."""
    rows = source.data.get(key, []) if key and isinstance(source.data, dict) else source.data
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise StarterError([source.problem(key or "rows", "give a list of rows, each with named fields.")])
    return rows


def _save(instance: models.Model, source: Source, key: str, problems: list[str]) -> bool:
    try:
        instance.full_clean()
    except ValidationError as error:
        problems += [source.problem(key, message) for message in _messages(error)]
        return False
    instance.save()
    return True


# Pages


def _load_page(source: Source, problems: list[str]) -> int:
    data = dict(source.data)
    model: type[BasePage] = apps.get_model(data.pop("model"))
    if model.objects.filter(slug=data.get("slug", "")).exists():
        return 0
    found = len(problems)
    page = model(live=False)
    problems += _fill(page, data, source, "")
    cited = {citation.section for citation in page.citations.all()}
    problems += [source.problem(name, text) for name, text in page.publishing_errors(cited).items()]
    if len(problems) == found:
        problems += _invalid(page, source)
    if len(problems) > found:
        return 0
    _parent(model).add_child(instance=page)
    page.save_revision().publish()
    return 1


def _invalid(page: BasePage, source: Source) -> list[str]:
    """What a form would refuse of the page and of its rows, before anything of it is written."""
    problems = []
    try:
        page.full_clean(exclude=["path", "depth"])
    except ValidationError as error:
        problems += [source.problem(message.partition(":")[0], message) for message in _messages(error)]
    for relation in get_all_child_relations(type(page)):
        name = relation.get_accessor_name()
        rows = list(getattr(page, name).all())
        for number, row in enumerate(rows, start=1):
            try:
                row.full_clean(exclude=[relation.field.name], validate_constraints=False)
            except ValidationError as error:
                problems += [source.problem(name, f"row {number}, {message}") for message in _messages(error)]
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


# Fields


def _fill(instance: models.Model, row: dict[str, Any], source: Source, place: str) -> list[str]:
    """Set the fields of `instance` from `row`; returns what could not be set, in sentences."""
    problems = []
    for name, value in row.items():
        try:
            _set(instance, name, value, source)
        except (LookupError, TypeError, ValueError, ValidationError, OSError) as error:
            told = "; ".join(error.messages) if isinstance(error, ValidationError) else error
            problems.append(source.problem(place or name, f"{name}: {told}"))
    return problems


def _set(instance: models.Model, name: str, value: Any, source: Source) -> None:
    model_field = _field(type(instance), name)
    if isinstance(model_field, models.ManyToOneRel):
        getattr(instance, name).set(list(_children(model_field.related_model, value, source)))
    elif isinstance(model_field, ParentalManyToManyField):
        getattr(instance, name).set(_by_slug(model_field.related_model, value))
    elif name == "file" and _has_field(type(instance), "document"):
        vars(instance)["document_id"] = _document(source.path.parent.parent / value).pk
    else:
        setattr(instance, model_field.attname, model_field.to_python(_plain(model_field, value)))


def _children(
    model: type[models.Model], rows: list[dict[str, Any]], source: Source
) -> Iterator[models.Model]:
    for order, row in enumerate(rows):
        if not isinstance(row, dict):
            raise TypeError("give each row as named fields.")
        child = model(sort_order=order)
        for name, value in row.items():
            _set(child, name, value, source)
        yield child


def _plain(model_field: models.Field[Any, Any], value: Any) -> Any:
    if isinstance(model_field, SafeRichTextField):
        return str(markdown_to_html(value or ""))
    if isinstance(model_field, LinesField):
        return "\n".join(value) if isinstance(value, list) else str(value or "")
    if isinstance(value, list):
        return " ".join(str(part) for part in value)
    if isinstance(value, str):
        return value.strip()
    if value is None and not model_field.null:
        return ""
    return value


def _by_slug(model: type[models.Model], slugs: list[str]) -> list[models.Model]:
    found = {vars(row)["slug"]: row for row in model._default_manager.filter(slug__in=slugs)}
    missing = [slug for slug in slugs if slug not in found]
    if missing:
        raise LookupError(f"there is no {model._meta.verbose_name} called {', '.join(missing)}.")
    return [found[slug] for slug in slugs]


def _document(path: Path) -> models.Model:
    model = get_document_model()
    with path.open("rb") as opened:
        document = model(title=path.stem.replace("-", " "), file=File(opened, name=path.name))
        document.full_clean(exclude=["file_hash", "file_size", "uploaded_by_user", "collection"])
        document.save()
    return document


def _field(model: type[models.Model], name: str) -> Any:
    if name == "file" and _has_field(model, "document"):
        return model._meta.get_field("document")
    if not _has_field(model, name):
        raise LookupError(f"{model._meta.verbose_name} has no field of this name.")
    return model._meta.get_field(name)


def _has_field(model: type[models.Model], name: str) -> bool:
    return any(getattr(row, "name", None) == name for row in model._meta.get_fields())


def _messages(error: ValidationError) -> list[str]:
    if hasattr(error, "error_dict"):
        return [f"{name}: {text}" for name, texts in error.message_dict.items() for text in texts]
    return list(error.messages)
