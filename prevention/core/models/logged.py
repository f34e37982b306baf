"""The base of all that the public can see and that is no page: snippets, files, pictures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar

from django.db import models, transaction

from prevention.delivery.content_version import Scope

M = TypeVar("M", bound=models.Model)


class LoggedQuerySet(models.QuerySet[M]):
    """Reads, and deletion row by row. What would change rows without a line in the log is refused."""

    def update(self, **kwargs: Any) -> int:
        raise TypeError("Save each of them: a change in bulk would not be in the log of changes.")

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        raise TypeError("Save each of them: a change in bulk would not be in the log of changes.")

    def bulk_update(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> int:
        raise TypeError("Save each of them: a change in bulk would not be in the log of changes.")


class LoggedModel(models.Model):
    """Something whose every save and delete is one transaction with its line in the log of changes.

    A subclass gives itself a manager of LoggedQuerySet, unless Wagtail gives it one; a system check asks.
    """

    # Where it shows, and whether the former answer must not be given any more once it has changed.
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
        """What the log calls it: something that it keeps for ever."""
        return str(self.pk)
