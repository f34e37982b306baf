"""The base of all that the public can see and that is no page: snippets, files, pictures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar

from django.db import models, transaction

from prevention.core.publishing import Errors, broken_rules, refuse_breaches
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
        """What the log calls it: something that it keeps for ever."""
        return str(self.pk)
