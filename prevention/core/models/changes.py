"""The log of every change of what the public can see, and the cursors of its readers (decision 40).

prevention.core.change_log writes a row in the transaction of the change. The database numbers it as that
transaction commits, so that numbers are in the order of the commits and have no gaps. Rows are never changed
and never deleted.
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
    """A cursor is not valid, or not in this log. The message says why and what to do."""


@dataclass(frozen=True)
class Cursor:
    """A place in the log: the number of the last change that was read, and its token.

    Number 0 with an empty token is the beginning of the log.
    """

    version: int = 0
    token: str = ""

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Return the cursor that `str()` wrote as `text`, such as '441.9f86d081884c7d65'.

        Raises UnknownCursorError when `text` is not of this form.
        """
        found = re.fullmatch(r"([0-9]{1,18})\.([0-9a-f]{16})", text)
        if found is None:
            raise UnknownCursorError(
                "This is not a cursor. Give one as it was handed out, a number, a dot and 16 letters and "
                "digits, or leave it out to read from the beginning."
            )
        return cls(int(found[1]), found[2])

    @classmethod
    def present(cls) -> Cursor:
        """Return the cursor of the last change; the beginning of the log while it has no line.

        A database from before the log has a number but no token, and counts as having no line.
        """
        version = stored_version()
        return cls(version.number, version.token) if version.token else cls()

    def __str__(self) -> str:
        return f"{self.version}.{self.token}" if self.version else "0"


class Action(models.TextChoices):
    """What happened to something that the public can read."""

    PUBLISHED = "published", "Published"
    UPDATED = "updated", "Updated"
    MOVED = "moved", "Moved"  # its address has changed
    WITHDRAWN = "withdrawn", "Withdrawn"  # somebody unpublished, deleted or restricted it
    EXPIRED = "expired", "Expired"  # its own end date came
    RESTORED = "restored", "Restored"  # public again after it was withdrawn or had expired
    IN_FORCE = "in force", "In force"  # it began to hold on its date, without a save


GONE = frozenset({Action.WITHDRAWN, Action.EXPIRED})


def new_token() -> str:
    """Return a random token of 16 hexadecimal digits."""
    return secrets.token_hex(TOKEN_BYTES)


class ContentChangeQuerySet(models.QuerySet["ContentChange"]):
    """Reads of the log. `update` and `delete` raise TypeError."""

    def since(self, cursor: Cursor) -> ContentChangeQuerySet:
        """Return the changes after `cursor`, in the order of their commits.

        Raises UnknownCursorError when the log has no change with the cursor's number and token: the cursor
        was given out before a backup was restored.
        """
        if cursor.version and not self.filter(version=cursor.version, token=cursor.token).exists():
            raise UnknownCursorError(
                f"The cursor {cursor} is not in this log: a backup may have been put back since it was "
                "handed out. Read everything anew, and go on from the cursor that you get then."
            )
        return self.filter(version__gt=cursor.version).order_by("version")

    def last_of(self, keys: Iterable[str]) -> dict[str, ContentChange]:
        """Return {key: last change} for these keys of pages, those of the present transaction included."""
        pages = self.filter(key__in=list(keys), page_pk__isnull=False).order_by()
        last = pages.values("key").annotate(last=models.Max("pk")).values("last")
        return {row.key: row for row in self.filter(pk__in=last)}

    def last_at(self, address: str) -> ContentChange | None:
        """Return the last change by which a page left `address` ('/drugs/ket/'), or went there."""
        return self.exclude(old_address="").filter(old_address=address).order_by("pk").last()

    def last_called(self, kind: str, slug: str) -> ContentChange | None:
        """Return the last change by which a page of this kind left the slug, or went under it."""
        left = self.exclude(old_address="").filter(kind=kind, old_address__endswith=f"/{slug}/")
        return left.order_by("pk").last()

    def update(self, **kwargs: Any) -> int:
        raise TypeError("A change that was logged is never altered.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("A change that was logged is never deleted.")


class ContentChange(models.Model):
    """One change of one page, snippet, file or release; its data are copies, since the object may be deleted.

    `version` is empty until the transaction commits; then the database sets it to the next number.
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
    old_address = models.CharField(
        max_length=2000, blank=True, help_text="Of a page that was moved, or is gone: where it was."
    )
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
        indexes = (
            models.Index(fields=("key",), name="changes_by_key"),
            models.Index(
                fields=("old_address",), name="changes_by_old_address", condition=~models.Q(old_address="")
            ),
        )

    def __str__(self) -> str:
        return f"{self.version or 'not committed'}: {self.kind}:{self.key} {self.action}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the change to the log. Raises TypeError when it is in the log already."""
        if self.pk is not None:
            raise TypeError("A change that was logged is never altered.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("A change that was logged is never deleted.")

    @property
    def is_gone(self) -> bool:
        """Whether the public can no longer read it after this change."""
        return self.action in GONE

    @property
    def cursor(self) -> Cursor:
        """The cursor of this change; meaningful only once it is committed and has a number."""
        return Cursor(self.version or 0, self.token)


class ReaderCursor(models.Model):
    """The last change that a reader has read, and the error of its last failure.

    It is in the same database as the log, so that a restored backup has a log and cursors that match.
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
        """The place in the log that the reader continues from."""
        return Cursor(self.version, self.token)
