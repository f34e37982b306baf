"""The words that editors add to the lists of words to avoid, or take out of those that only warn."""

from __future__ import annotations

import re
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from wagtail.snippets.models import register_snippet

from prevention.core.fields import LinesField, lines
from prevention.core.models import LoggedModel, LoggedQuerySet
from prevention.delivery.content_version import Scope, per_version
from prevention.editorial.wording import Wording, WordingRule, base_wording, find_wording, plain_words

# It shows nowhere. The lists of search are the nearest to it: editors' words that every process reads anew.
SCOPE = Scope.SEARCH
SHORTEST = 3  # letters
# Words that every text has: a list with one of them would find something everywhere.
_COMMON = """
the and you your for are was not but can that this with have has had they them their from what when who how
why all any some more most will would may might out about into over than then there here her his she him its
our one two use take get make drug drugs people help page call say young risk risks
"""
COMMON = frozenset(_COMMON.split())
ODD_SIGNS = re.compile(r"[^\w '-]|_")


class WordsToAvoid(LoggedModel):
    """Words that are refused or warned about, beside those that come with the service.

    Those that come with it and refuse (amounts, prices, preparation, "safe") can not be taken out here. What
    is removed here is in the log of changes.
    """

    class Kind(models.TextChoices):
        """What becomes of a text with one of the words."""

        REFUSE = "refuse", "Refuse: it is not published"
        STIGMA = "stigma", "Warn: stigma"
        FEAR = "fear", "Warn: fear"
        ALLOW = "allow", "Leave alone: a warning is wrong here"

    scope = SCOPE
    quoted_fields: ClassVar[tuple[str, ...]] = ("*",)

    kind = models.CharField("what to do", max_length=8, choices=Kind.choices)
    words = LinesField("words", blank=False, help_text="One word or phrase to a line, as it is written.")
    why = models.CharField(max_length=200, help_text="Editors are told this, in one sentence.")
    instead = models.CharField("what to write instead", max_length=200, blank=True)
    source = models.CharField(
        max_length=200, help_text="Who says so: a guide with its year, or our own rule."
    )

    objects = LoggedQuerySet.as_manager()

    class Meta:
        ordering = ("kind", "pk")
        verbose_name = "words to avoid"
        verbose_name_plural = "words to avoid"

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {', '.join(lines(self.words))[:80]}"

    def clean(self) -> None:
        """Raise ValidationError for words that would find nothing, or something everywhere."""
        super().clean()
        problems = [problem for line in lines(self.words) if (problem := self._problem(line))]
        if not lines(self.words):
            problems.append("Give at least one word. To end a list, delete it.")
        errors: dict[str, list[str] | str] = {"words": problems} if problems else {}
        if self.kind != self.Kind.ALLOW and not self.instead.strip():
            errors["instead"] = "Say what to write instead."
        elif not problems and _rule_of(self).found_in(self.instead):
            errors["instead"] = "This advice has one of the words in it."
        if errors:
            raise ValidationError(errors)

    def _problem(self, line: str) -> str:
        """Return what is wrong with one line, in a sentence; '' for nothing."""
        word = plain_words(line)
        if ODD_SIGNS.search(word):
            return f"'{line}': write it in letters, figures, spaces, hyphens and apostrophes."
        if sum(sign.isalpha() for sign in word) < SHORTEST:
            return f"'{line}' is too short: it would be found in other words' places everywhere."
        if word in COMMON:
            return f"'{line}' is in almost every text. Give a longer phrase."
        found = [finding for finding in find_wording(word) if plain_words(finding.word) == word]
        if self.kind != self.Kind.ALLOW:
            return f"'{line}' is found already: {found[0].why}" if found else ""
        if any(finding.is_forbidden for finding in found):
            return f"'{line}' is refused by a rule of the house, which can not be taken out here."
        return "" if found else f"'{line}' gets no warning, so there is nothing to leave alone."


register_snippet(WordsToAvoid, viewset="prevention.editorial.viewsets.WordsToAvoidViewSet")


def _rule_of(row: WordsToAvoid) -> WordingRule:
    return WordingRule.of_words(
        [plain_words(line) for line in lines(row.words)],
        why=row.why,
        instead=row.instead,
        source=row.source,
        forbidden=row.kind == WordsToAvoid.Kind.REFUSE,
    )


@per_version(frozenset({SCOPE}))
def present_wording() -> Wording:
    """Return the rules that come with the service, with the words of the editors."""
    rows = list(WordsToAvoid.objects.all())
    allow = [row for row in rows if row.kind == WordsToAvoid.Kind.ALLOW]
    return base_wording().with_words(
        [_rule_of(row) for row in rows if row not in allow],
        allowed={plain_words(line) for row in allow for line in lines(row.words)},
    )
