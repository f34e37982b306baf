"""The base class of everything public that is not a page: snippets, files, pictures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar

from django.db import models, transaction

from prevention.core.models.bookkeeping import is_bookkeeping
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
    # Whether a text may be a draft, which is asked for the rules only when it is to go live.
    has_drafts: ClassVar[bool] = False
    # Whether the gate to publishing has been asked for the next save.
    _has_passed = False

    class Meta:
        abstract = True

    @property
    def is_public(self) -> bool:
        """Whether the public sees the row once it is saved; without drafts it always does."""
        return True

    def clean(self) -> None:
        """Raises ValidationError for what breaks a rule of publishing, where there are no drafts."""
        super().clean()
        if not self.has_drafts:
            refuse_breaches(self, self.publishing_errors(), self._errors_of_live)

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save it. Raises PublishingRefusedError when it would be live and breaks one more rule."""
        if self.is_public and not is_bookkeeping(kwargs.get("update_fields")) and not self._has_passed:
            self.ask_gate()
        self._has_passed = False
        super().save(*args, **kwargs)

    def ask_gate(self) -> None:
        """Raise PublishingRefusedError if it may not go live as it is; the next save does not ask again."""
        refuse_breaches(self, self.publishing_errors(), self._errors_of_live)
        self._has_passed = True

    def publishing_errors(self) -> Errors:
        """Return what forbids that it is live as it is in memory: {field: sentence}."""
        return broken_rules(self)

    def _errors_of_live(self) -> Errors:
        stored = type(self)._base_manager.filter(pk=self.pk).first() if self.pk else None
        return stored.publishing_errors() if stored is not None and stored.is_public else {}

    @transaction.atomic
    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        return super().delete(*args, **kwargs)

    @property
    def change_key(self) -> str:
        """Its key in the log, which never changes: the id, or a code that editors must not change."""
        return str(self.pk)
