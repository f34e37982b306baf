"""The base class of everything public that is not a page: snippets, files, pictures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar

from django.db import models, transaction

from prevention.core.publishing import Errors, broken_rules, refuse_breaches
from prevention.delivery.content_version import Scope

M = TypeVar("M", bound=models.Model)


class LoggedQuerySet(models.QuerySet[M]):
    """A queryset that refuses changes in bulk (TypeError): they would not be in the log of changes."""

    def update(self, **kwargs: Any) -> int:
        raise TypeError("Save each of them: a change in bulk would not be in the log of changes.")

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        raise TypeError("Save each of them: a change in bulk would not be in the log of changes.")

    def bulk_update(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> int:
        raise TypeError("Save each of them: a change in bulk would not be in the log of changes.")


class LoggedModel(models.Model):
    """A model whose saves and deletes each are one transaction with their line in the log of changes.

    A subclass needs a manager of LoggedQuerySet; the system check candour.E009 tests it. Images and documents
    keep Wagtail's manager.
    """

    # `scope`: where it shows. `hard`: after a change no reader may get the former answer any more.
    scope: ClassVar[Scope] = Scope.SITE
    hard: ClassVar[bool] = False
    # Fields that are not in our own words, and that the rules on wording are not asked of.
    quoted_fields: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Raises ValidationError for what breaks a rule of publishing: it is live as soon as it is saved."""
        super().clean()
        self._refuse_breaches()

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save it. Raises PublishingRefusedError when it breaks a rule of publishing that it kept before."""
        self._refuse_breaches()
        super().save(*args, **kwargs)

    def _refuse_breaches(self) -> None:
        refuse_breaches(self, broken_rules(self), self._errors_of_live)

    def _errors_of_live(self) -> Errors:
        live = type(self)._base_manager.filter(pk=self.pk).first() if self.pk else None
        return broken_rules(live) if live else {}

    @transaction.atomic
    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        return super().delete(*args, **kwargs)

    @property
    def change_key(self) -> str:
        """Its key in the log, which never changes: the id, or a code that editors must not change."""
        return str(self.pk)
