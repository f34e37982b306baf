"""The base class of everything public that is not a page: snippets, files, pictures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar

from django.db import models, transaction

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

    class Meta:
        abstract = True

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)

    @transaction.atomic
    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        return super().delete(*args, **kwargs)

    @property
    def change_key(self) -> str:
        """Its key in the log, which never changes: the id, or a code that editors must not change."""
        return str(self.pk)
