"""What an editor is warned about before a text goes live, or gives a reason for: stigma, fear, hard reading.

They hold for every text of every page type, as the rules of the house do. Those refuse; these ask.
"""

from __future__ import annotations

import re
from functools import lru_cache

from django.db import models

from prevention.core.sanitise import plain_text
from prevention.editorial.house_rules import stored_texts
from prevention.editorial.models import present_wording
from prevention.editorial.reading_age import YEARS_BEFORE_GRADE_ONE, flesch_kincaid_grade
from prevention.editorial.wording import Wording, find_wording

# A text that an eleven to thirteen year old can read, as GOV.UK and the NHS write for everybody.
HARDEST_GRADE = 8
# The formula was made for whole passages: a single sentence with one long word says nothing.
FEWEST_WORDS = 30
_END_OF_BLOCK = re.compile(r"</(?:p|li|h[1-6])>|<br\s*/?>")


def warnings(instance: models.Model) -> dict[str, list[str]]:
    """Return {field or child relation: sentences}, each of which quotes the words and says what to do."""
    found: dict[str, list[str]] = {}
    wording = present_wording()
    hard: list[tuple[str, str]] = []
    for name, text, is_rich in stored_texts(instance):
        for sentence in words_to_avoid(plain_text(text) if is_rich else text, wording):
            found.setdefault(name, []).append(sentence)
        hard += [(name, sentence)] if is_rich and (sentence := hard_to_read(text)) else []
    for name, sentence in hard:
        found.setdefault(name, []).append(sentence)
    return {name: list(dict.fromkeys(sentences)) for name, sentences in found.items()}


def words_to_avoid(text: str, wording: Wording) -> list[str]:
    """Return a sentence for each place in a plain text with words of stigma or fear."""
    return [
        f"'{finding.word}': {finding.why} Better: {finding.instead}."
        for finding in find_wording(text, wording)
        if not finding.is_forbidden
    ]


@lru_cache(maxsize=2048)
def hard_to_read(html: str) -> str:
    """Return a sentence when a rich text is harder to read than we write, else ''."""
    parts = [plain for part in _END_OF_BLOCK.split(html) if (plain := plain_text(part))]
    text = "\n\n".join(parts)
    if len(text.split()) < FEWEST_WORDS or (grade := flesch_kincaid_grade(text)) <= HARDEST_GRADE:
        return ""
    sentences = [sentence for part in parts for sentence in re.split(r"(?<=[.!?])\s+", part)]
    worst = max(sentences, key=flesch_kincaid_grade)
    shown = worst if len(worst) <= 90 else f"{worst[:90].rstrip()}..."
    return (
        f"'{shown}': It takes a reading age of {grade + YEARS_BEFORE_GRADE_ONE:.0f}; we write for 13 and "
        "below. Better: shorter sentences and everyday words, here first."
    )
