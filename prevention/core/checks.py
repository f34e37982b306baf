"""System checks (manage.py check) for page types, snippets and the settings of the log's readers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import NoReverseMatch, reverse
from wagtail.models import Page

OURS = ("prevention.", "resources", "search")


@register()
def page_types(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check that page types are BasePages with a kind, template, search text, review fields and endpoint.

    Returns errors candour.E001 to E007.
    """
    from prevention.core.models import BasePage

    models = [m for m in apps.get_models() if issubclass(m, Page) and m.__module__.startswith(OURS)]
    problems: list[CheckMessage] = []
    for model in models:
        if not issubclass(model, BasePage):
            problems.append(_error(model, "is not a BasePage", "Inherit prevention.core.models.BasePage.", 1))
            continue
        problems += _page_type(model)
    return problems


def _page_type(model: Any) -> Iterable[CheckMessage]:
    from prevention.core.models import BasePage

    if not model.kind:
        yield _error(model, "has no kind", "Give it `kind`, a short word for the counts and for search.", 2)
    if model.search_text is BasePage.search_text:
        yield _error(model, "is not searchable", "Write `search_text`, which returns its plain text.", 3)
    try:
        get_template(model.template)
    except TemplateDoesNotExist:
        yield _error(model, f"has no template {model.template}", "Add that file under templates/.", 4)
    handler = model.get_edit_handler()
    fields = handler.get_form_options().get("fields", [])
    if not {"next_review", "change_note"} <= set(fields):
        yield _error(model, "has no review fields in its form", "Build `edit_handler` with `cls.tabs()`.", 5)
    if model.api_detail:
        try:
            reverse(model.api_detail, kwargs={"slug": "example"})
        except NoReverseMatch:
            yield _error(
                model, f"names no endpoint with {model.api_detail}", "List it in site/config/api.py.", 6
            )
    elif model.api_detail is None:
        yield _error(
            model, "is not in the API", "Set `api_detail` to its endpoint's name, or to '' with a reason.", 7
        )


@register()
def logged_models(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check that every snippet of ours is a LoggedModel, and that none can be changed in bulk.

    Returns errors candour.E008 and E009.
    """
    from wagtail.documents.models import AbstractDocument
    from wagtail.images.models import AbstractImage
    from wagtail.snippets.models import get_snippet_models

    from prevention.core.models import LoggedModel, LoggedQuerySet

    problems: list[CheckMessage] = [
        _error(model, "is not logged when it changes", "Inherit prevention.core.models.LoggedModel.", 8)
        for model in get_snippet_models()
        if model.__module__.startswith(OURS) and not issubclass(model, LoggedModel)
    ]
    for model in apps.get_models():
        if not issubclass(model, LoggedModel) or issubclass(model, AbstractDocument | AbstractImage):
            continue
        if not isinstance(model._default_manager.all(), LoggedQuerySet):
            hint = "Give it objects = LoggedQuerySet.as_manager(), or a subclass."
            problems.append(_error(model, "can be changed in bulk, past the log of changes", hint, 9))
    return problems


@register()
def log_readers(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check that the functions and the `reads_to` named in settings.LOG_READERS exist.

    Returns errors candour.E010 and E011.
    """
    from prevention.core.log_readers import readers

    try:
        known = readers()
    except (ImportError, TypeError) as error:
        hint = "Give the fields of prevention.core.log_readers.LogReader; functions by their dotted names."
        return [Error(f"settings.LOG_READERS can not be read: {error}", hint=hint, id="candour.E010")]
    return [
        Error(
            f"The reader '{reader.name}' reads after '{reader.reads_to}', which is no reader.",
            hint=f"Give one of {', '.join(known)}.",
            id="candour.E011",
        )
        for reader in known.values()
        if reader.reads_to is not None and reader.reads_to not in known
    ]


def _error(model: Any, problem: str, hint: str, number: int) -> CheckMessage:
    return Error(
        f"The model {model._meta.label} {problem}.", hint=hint, obj=model, id=f"candour.E{number:03}"
    )
