"""The closed list of what may be counted. Anything else is dropped, and counted as "dropped".

Each measure says whether it has a content key and which facets it allows. A count can not hold a word that a
reader typed, an address, or a time finer than a day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?::[a-z0-9]+(?:-[a-z0-9]+)*)?")
LONGEST_KEY = 80
LONGEST_FACET = 20
# A school stage of any nation of the UK (ks3, s1-s3, p7, ps2). A pattern, because editors keep the lists.
STAGE = re.compile(r"[a-z]{1,3}[0-9](?:-[a-z]{1,3}[0-9])?")
# The kind of a helpline: a value of prevention.help.models.HelplineKind, which can not be imported here.
HELPLINE_KIND = re.compile(r"[a-z]{1,20}")


@dataclass(frozen=True)
class Measure:
    """One thing that is counted: its code, its meaning, whether it has a content key, and its facets.

    A facet must be one of `facets` or match `facet_pattern`. It comes from our own content, never from a
    reader.
    """

    code: str
    meaning: str
    has_content: bool = True
    facets: frozenset[str] = frozenset({""})
    facet_pattern: re.Pattern[str] | None = None

    def accepts(self, content: str, facet: str) -> bool:
        """Return whether this content key and facet are allowed for this measure."""
        if facet not in self.facets and not self._fits(facet):
            return False
        if not self.has_content:
            return content == ""
        return len(content) <= LONGEST_KEY and KEY.fullmatch(content) is not None

    def _fits(self, facet: str) -> bool:
        pattern = self.facet_pattern
        return pattern is not None and len(facet) <= LONGEST_FACET and pattern.fullmatch(facet) is not None


MEASURES: dict[str, Measure] = {
    measure.code: measure
    for measure in (
        # 'legacy': a browser without Sec-Fetch headers, which does not say whether a person opened the page.
        Measure("page.view", "A page was shown", facets=frozenset({"", "legacy"})),
        Measure(
            "page.arrive",
            "A page was shown to somebody who came from elsewhere",
            facets=frozenset({"", "legacy"}),
        ),
        Measure("search.concept", "A search named a page that we have"),
        Measure("search.near", "A search came close to a name that we have"),
        Measure("search.zero", "A search found nothing", has_content=False),
        Measure("search.urgent", "A search brought up an urgent help card"),
        Measure("search.intent", "A search brought up another card"),
        Measure("pack.download", "A lesson pack was downloaded", facet_pattern=STAGE),
        Measure("file.download", "One file of a lesson pack was downloaded"),
        Measure(
            "help.exit",
            "Somebody went on to the website of a helpline",
            facets=frozenset(),
            facet_pattern=HELPLINE_KIND,
        ),
        Measure("api.serve", "A partner read the API"),
        Measure("bot", "A crawler was answered, and not counted as a reader", has_content=False),
        Measure("surge", "More than a person or a class would ask for, and not counted", has_content=False),
        Measure("dropped", "Something outside this list, and not counted", has_content=False),
    )
}
