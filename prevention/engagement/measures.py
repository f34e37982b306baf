"""The closed list of what may be counted. Anything else is dropped, and only the drop is counted.

Each measure states what its content key may be and which facets it takes. Nothing here can hold a word that a
reader typed, an address, or a moment finer than a day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?::[a-z0-9]+(?:-[a-z0-9]+)*)?")
LONGEST_KEY = 80


@dataclass(frozen=True)
class Measure:
    """One thing that is counted: its code, what it means, whether it names a content, its facets."""

    code: str
    meaning: str
    has_content: bool = True
    facets: frozenset[str] = frozenset({""})

    def accepts(self, content: str, facet: str) -> bool:
        """May this content key and facet be counted under this measure?"""
        if facet not in self.facets:
            return False
        if not self.has_content:
            return content == ""
        return len(content) <= LONGEST_KEY and KEY.fullmatch(content) is not None


_KEY_STAGES = frozenset({"ks1", "ks2", "ks3", "ks4", "ks5"})
_HELPLINE_KINDS = frozenset({"emergency", "crisis", "drugs", "children", "medical"})

MEASURES: dict[str, Measure] = {
    measure.code: measure
    for measure in (
        # 'legacy': browsers that do not say whether a person asked for the page (no Sec-Fetch headers).
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
        Measure("pack.download", "A lesson pack was downloaded", facets=frozenset({"", *_KEY_STAGES})),
        Measure("file.download", "One file of a lesson pack was downloaded"),
        Measure("help.exit", "Somebody went on to the website of a helpline", facets=_HELPLINE_KINDS),
        Measure("api.serve", "A partner read the API"),
        Measure("bot", "A crawler was answered, and not counted as a reader", has_content=False),
        Measure("surge", "More than a person or a class would ask for, and not counted", has_content=False),
        Measure("dropped", "Something outside this list, and not counted", has_content=False),
    )
}
