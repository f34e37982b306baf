"""Why a page was published again: what an editor says of a version, for that version and for no other."""

from __future__ import annotations

import datetime
from typing import Any, ClassVar, cast

from django.db import models
from wagtail.log_actions import log

from prevention import clock
from prevention.core.publishing import Errors, warnings_of

EXPLAINED = "candour.publish.explained"  # the action in Wagtail's own log of a page
SMALL = "Small wording, not listed."
# Revisions are stored as JSON, which keeps milliseconds.
TICK = datetime.timedelta(milliseconds=1)
WHAT_CHANGED = (
    "Say in one plain sentence what changed, under Review in the editing form, or tick 'small wording, not "
    "listed' there: what people read is published again."
)
WHY_IT_STAYS = (
    "Mend what is marked, or write under Review in the editing form why it has to stay. The reason is "
    "kept with this version."
)
NOT_BOTH = "Say what changed, or tick 'small wording, not listed': not both."


class Explained:
    """What is said of one version of a page. It is kept with its revision, and not taken for the next one.

    It is used up once a version is published with it: what was said before that explains nothing any more.
    """

    # What a program says of the version that it is about to publish: it is in the lists, and not on the page.
    cause = ""
    # The sentence that goes into the lists with the next save, and what goes into the editors' history.
    reason_of_change = ""
    _for_history = ""
    # What an editor says in the form.
    EXPLANATION: ClassVar[tuple[str, ...]] = ("change_note", "is_small_change", "wording_reason")

    pk: Any
    change_note: Any
    is_small_change: Any
    wording_reason: Any
    explained_at: Any

    def explain(self, note: str = "", *, small: bool = False, wording: str = "") -> None:
        """Say of the version in memory what changed, or that it is small, and why its wording has to stay."""
        self.change_note, self.is_small_change, self.wording_reason = note, small, wording
        self.note_time()

    def note_time(self) -> None:
        """Write down that the explanation was given now, after any that was given before."""
        now = clock.now()
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        before = self.explained_at
        self.explained_at = max(now, before + TICK) if before else now

    def is_used_up(self) -> bool:
        """Return whether what is said here was said of a version that has been published already."""
        model: Any = type(self)
        row = model.objects.filter(pk=self.pk).first() if self.pk else None
        return row is not None and not self.explains_over(row)

    def explains_over(self, stored: Any) -> bool:
        """Return whether the explanation is newer than the last publication of a page, as it is stored."""
        if not stored.live and stored.last_published_at is None:
            return True
        since = stored.explained_at if stored.live else stored.last_published_at
        return self.explained_at is not None and (since is None or self.explained_at > since)

    def unexplained(self, live: Any) -> Errors:
        """Return what is missing to publish this version over the one that is live, in words."""
        said = bool(self.change_note.strip()) or self.is_small_change
        is_explained = self.cause or (said and self.explains_over(live))
        return {} if is_explained else {"change_note": WHAT_CHANGED}

    def unreasoned(self, stored: Any, changed: list[str] | None) -> Errors:
        """Return the warnings about the text that nobody has given a reason for: {field: sentence}.

        Of a version that is to follow a live one, only those about the fields that have `changed`.
        """
        is_new = bool(self.cause) or stored is None or self.explains_over(stored)
        if self.wording_reason.strip() and is_new:
            return {}
        asked = {
            name: " ".join(sentences)
            for name, sentences in warnings_of(cast("models.Model", self)).items()
            if changed is None or name in changed
        }
        return {**asked, "wording_reason": WHY_IT_STAYS} if asked else {}

    def settle_explanation(self, stored: Any) -> None:
        """Before a page is saved live: decide what is said of this save. `stored`: its row as it is; or None.

        Where nothing new is said, nothing has changed: it keeps what was said of it before.
        """
        is_new = stored is None or self.explains_over(stored)
        self.reason_of_change = (self.change_note if is_new else "") or self.cause
        self._for_history = ""
        if stored is not None and stored.live:
            self._for_history = self.reason_of_change or (SMALL if is_new and self.is_small_change else "")
            if not is_new:
                for name in (*self.EXPLANATION, "explained_at"):
                    setattr(self, name, getattr(stored, name))
        if is_new and self.wording_reason:
            self._for_history = f"{self._for_history} Why its wording stays: {self.wording_reason}".strip()

    def end_explanation(self) -> None:
        """After a page was saved live: write into its history what was said, which is used up now."""
        if self._for_history:
            log(
                instance=self,
                action=EXPLAINED,
                revision=getattr(self, "live_revision", None),
                data={"reason": self._for_history},
            )
        self.reason_of_change = self._for_history = self.cause = ""
