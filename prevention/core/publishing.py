"""The one gate to publishing: nothing goes live that breaks a rule, whoever asks.

`BasePage.save` and `LoggedModel.save` ask here whenever their row will be live. Each way to go live (form,
bulk action, workflow, schedule, copy, import, code) ends in one of them. To withdraw is never refused.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.module_loading import import_string
from django.utils.text import capfirst

Errors = dict[str, str]
# Returns {field or child relation: sentence} of what is wrong with an instance, as it is in memory.
PublishingRule = Callable[[Model], Errors]
Warnings = dict[str, list[str]]
# Returns {field or child relation: sentences} of what an editor has to give a reason for.
PublishingWarning = Callable[[Model], Warnings]


class PublishingRefusedError(ValidationError):
    """Something would go live that breaks a rule.

    `instance` is what was to go live; `errors` are {field or child relation: sentence}.
    """

    def __init__(self, instance: Model, errors: Errors) -> None:
        super().__init__({name: [sentence] for name, sentence in errors.items()})
        self.instance = instance
        self.errors = errors

    @property
    def sentence(self) -> str:
        """Everything that is wrong, for a person, in one paragraph."""
        places = [f"{called(self.instance, name)}: {sentence}" for name, sentence in self.errors.items()]
        return f"'{self.instance}' was not published. {' '.join(places)}"


def called(instance: Model, name: str) -> str:
    """Return what editors call a field or a child relation."""
    for field in instance._meta.get_fields():
        if field.name == name or getattr(field, "get_accessor_name", str)() == name:
            return str(capfirst(getattr(field, "verbose_name", name.replace("_", " "))))
    return name


@cache
def publishing_rules() -> tuple[PublishingRule, ...]:
    """Return the rules that hold for pages and snippets alike; settings.PUBLISHING_RULES names them."""
    return tuple(import_string(name) for name in settings.PUBLISHING_RULES)


@cache
def publishing_warnings() -> tuple[PublishingWarning, ...]:
    """Return what warns before publishing; settings.PUBLISHING_WARNINGS names them."""
    return tuple(import_string(name) for name in settings.PUBLISHING_WARNINGS)


def warnings_of(instance: Model) -> Warnings:
    """Return what settings.PUBLISHING_WARNINGS find in an instance: {field: sentences}."""
    found: Warnings = {}
    for warning in publishing_warnings():
        for name, sentences in warning(instance).items():
            found[name] = [*found.get(name, []), *sentences]
    return found


def broken_rules(instance: Model) -> Errors:
    """Return what the rules of settings.PUBLISHING_RULES find in an instance: {field: sentence}."""
    errors: Errors = {}
    for rule in publishing_rules():
        errors |= rule(instance)
    return errors


def new_breaches(errors: Errors, before: Callable[[], Errors]) -> Errors:
    """Return `errors`, or {} if all of them are wrong already with what is live now.

    What is live may break a rule that is newer than it. It can be corrected step by step: a step may leave a
    breach as it was, and may add none. `before` returns the errors of what is live now; {} when nothing is.
    """
    return {} if errors and errors.items() <= before().items() else errors


def refuse_breaches(instance: Model, errors: Errors, before: Callable[[], Errors]) -> None:
    """Raise PublishingRefusedError if `errors` has `new_breaches`."""
    if new_breaches(errors, before):
        raise PublishingRefusedError(instance, errors)
