"""The definitions of the indicators: the question, the counts that answer it, and what it does not show.

They are process indicators: they say whether prevention reaches people, not whether drug use rose or fell.
Their codes are those of the evaluation plan (P1, P5 ...).
"""

from __future__ import annotations

from dataclasses import dataclass

# A ratio whose denominator is smaller than this is not given ([x]).
SMALLEST_RATIO_BASE = 50


@dataclass(frozen=True)
class Indicator:
    """An indicator: a ratio of two measures or, without a denominator, a count split by content.

    `numerator` and `denominator` are codes of measures. `content_prefix` limits the numerator to one kind of
    page, such as 'substance:'.
    """

    code: str
    name: str
    question: str
    definition: str
    formula: str
    numerator: str
    denominator: str = ""
    content_prefix: str = ""
    caveats: tuple[str, ...] = ()

    @property
    def is_ratio(self) -> bool:
        """True when it has a denominator."""
        return bool(self.denominator)


COMMON_CAVEATS = (
    "These are visits, not people: one person can come twice.",
    "People who ask not to be counted (Global Privacy Control or Do Not Track) are missing.",
    "It does not show that drug use rose or fell.",
    "A range says what chance alone could do. It does not allow for one person coming twice.",
)

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        code="P1",
        name="Visits that began on drug information",
        question="Do people find drug information?",
        definition=(
            "How often somebody came from elsewhere, such as a search engine or a link, to a page about a "
            "drug in the month."
        ),
        formula="page.arrive on substance pages, by substance",
        numerator="page.arrive",
        content_prefix="substance:",
        caveats=(*COMMON_CAVEATS, "News about a drug makes its number jump."),
    ),
    Indicator(
        code="P5",
        name="Going on to get help",
        question="Do people who read about drugs go on to a helpline's website?",
        definition="Clicks to the websites of helplines for each 100 visits to the site in the month.",
        formula="help.exit / page.arrive x 100",
        numerator="help.exit",
        denominator="page.arrive",
        caveats=(*COMMON_CAVEATS, "A click is not a conversation. Calls and texts are not counted at all."),
    ),
)

BY_CODE = {indicator.code: indicator for indicator in INDICATORS}
