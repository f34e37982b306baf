"""The log of every change of what the public can see, and how far each reader of it has come.

Rows are written in the transaction of the change they tell of (prevention.core.change_log) and numbered by
the database as that transaction commits: so the order of the numbers is the order of the commits, none is
skipped, and whoever sees a number sees all that belongs to it. Rows are never changed and never deleted.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models

from prevention import clock
from prevention.delivery.content_version import Scope, stored_version

TOKEN_BYTES = 8


class UnknownCursorError(ValueError):
    """A cursor that this log can not be read on from; the message says why and what to do."""


@dataclass(frozen=True)
class Cursor:
    """A place in the log: the number of the last change that was read, and its token.

    Number 0 with an empty token is the beginning of the log.
    """

    version: int = 0
    token: str = ""

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Read a cursor as `str()` writes it: '441.9f86d081884c7d65'. Raises UnknownCursorError."""
        found = re.fullmatch(r"([0-9]{1,18})\.([0-9a-f]{16})", text)
        if found is None:
            raise UnknownCursorError(
                "This is not a cursor. Give one as it was handed out, a number, a dot and 16 letters and "
                "digits, or leave it out to read from the beginning."
            )
        return cls(int(found[1]), found[2])

    @classmethod
    def present(cls) -> Cursor:
        """Return the end of the log as it is now; its beginning while it has no line.

        A database that is older than the log has a number and no token.
        """
        version = stored_version()
        return cls(version.number, version.token) if version.token else cls()

    def __str__(self) -> str:
        return f"{self.version}.{self.token}" if self.version else "0"


class Action(models.TextChoices):
    """What became of something that the public can read."""

    PUBLISHED = "published", "Published"
    UPDATED = "updated", "Updated"
    MOVED = "moved", "Moved"  # its address is another one now
    WITHDRAWN = "withdrawn", "Withdrawn"  # by somebody: unpublished, deleted, closed to the public
    EXPIRED = "expired", "Expired"  # by its own date
    RESTORED = "restored", "Restored"  # readable again after it had gone
    IN_FORCE = "in force", "In force"  # a date came, and nobody saved anything


GONE = frozenset({Action.WITHDRAWN, Action.EXPIRED})


def new_token() -> str:
    """Return a random token of 16 letters and digits."""
    return secrets.token_hex(TOKEN_BYTES)


class ContentChangeQuerySet(models.QuerySet["ContentChange"]):
    """Reads of the log. It is only ever added to."""

    def since(self, cursor: Cursor) -> ContentChangeQuerySet:
        """Return the changes after `cursor`, in the order in which they were committed.

        Raises UnknownCursorError when the log has another token at that number, or no such number: it is
        from another history of this database, before a backup was put back.
        """
        if cursor.version and not self.filter(version=cursor.version, token=cursor.token).exists():
            raise UnknownCursorError(
                f"The cursor {cursor} is not in this log: a backup may have been put back since it was "
                "handed out. Read everything anew, and go on from the cursor that you get then."
            )
        return self.filter(version__gt=cursor.version).order_by("version")

    def last_of(self, keys: Iterable[str]) -> dict[str, ContentChange]:
        """Return {key: last change} of these keys of pages, changes of this transaction included."""
        pages = self.filter(key__in=list(keys), page_pk__isnull=False).order_by()
        last = pages.values("key").annotate(last=models.Max("pk")).values_list("last", flat=True)
        return {row.key: row for row in self.filter(pk__in=list(last))}

    def update(self, **kwargs: Any) -> int:
        raise TypeError("A change that was logged is never altered.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("A change that was logged is never deleted.")


class ContentChange(models.Model):
    """One change of one thing. Everything is copied, because what it tells of may be gone.

    `version` is empty until the transaction commits; then the database gives the next number.
    """

    version = models.PositiveBigIntegerField(null=True, unique=True, editable=False)
    token = models.CharField(max_length=16, default=new_token, editable=False)
    at = models.DateTimeField(default=clock.now)
    scope = models.CharField(max_length=10, choices=[(scope.value, scope.value) for scope in Scope])
    kind = models.CharField(max_length=40, help_text="Of a page its kind, else the name of the model.")
    key = models.CharField(max_length=120, help_text="What it keeps for ever: of a page its translation key.")
    page_pk = models.PositiveIntegerField(null=True, help_text="Of a page: its id in this database.")
    title = models.CharField(max_length=255, blank=True)
    slug = models.CharField(max_length=255, blank=True)
    old_address = models.CharField(max_length=2000, blank=True, help_text="Of something that was moved.")
    action = models.CharField(max_length=9, choices=Action.choices)
    hard = models.BooleanField(default=False, help_text="No reader may get the former answer any more.")
    cause = models.CharField(
        max_length=161, blank=True, help_text="kind:key of what was changed, when it is not this itself."
    )
    reason = models.CharField(max_length=255, blank=True, help_text="In the words of who made it.")
    replacement = models.CharField(max_length=161, blank=True, help_text="kind:key of what to show instead.")
    drop_by = models.DateTimeField(null=True, help_text="When partners must have stopped showing it.")
    effective_at = models.DateTimeField(null=True, help_text="When it began to hold, if not by being saved.")

    objects = ContentChangeQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        indexes = (models.Index(fields=("key",), name="changes_by_key"),)

    def __str__(self) -> str:
        return f"{self.version or 'not committed'}: {self.kind}:{self.key} {self.action}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises TypeError for a change that is in the log already."""
        if self.pk is not None:
            raise TypeError("A change that was logged is never altered.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("A change that was logged is never deleted.")

    @property
    def is_gone(self) -> bool:
        """Can the public no longer read it?"""
        return self.action in GONE

    @property
    def cursor(self) -> Cursor:
        """The place of this change in the log. Only of a change that was committed."""
        return Cursor(self.version or 0, self.token)


class ReaderCursor(models.Model):
    """How far one reader of the log has come, and what stopped it the last time.

    Kept in the database that it reads: put back with a backup, both are of one history.
    """

    name = models.CharField(max_length=40, unique=True)
    version = models.PositiveBigIntegerField(default=0)
    token = models.CharField(max_length=16, blank=True)
    read_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0, help_text="One after the other, until now.")
    error = models.CharField(max_length=500, blank=True)
    retry_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return f"{self.name} at {self.cursor}"

    @property
    def cursor(self) -> Cursor:
        return Cursor(self.version, self.token)
