"""The sections of a substance page as data: field, heading, and health aspect.

They are in the order of the page: looks and use, effects, risks, mixing, dependence, help. The health aspects
are those of the NHS Website Content API v2, so that partners who read that API can read this one.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SectionKind:
    """One section: `field` of the model, `heading` on the page, `aspect` in the API.

    A section with `is_risk` that has text can not be published without a source.
    """

    field: str
    heading: str
    aspect: str
    is_risk: bool = False

    @property
    def anchor(self) -> str:
        """The fragment of the page's address for this section, for example 'short-term-risks'."""
        return self.field.replace("_", "-")


SECTIONS: tuple[SectionKind, ...] = (
    SectionKind("looks", "What it looks like", "OverviewHealthAspect"),
    SectionKind("taking", "How people take it", "UsageOrScheduleHealthAspect"),
    SectionKind("wanted_effects", "What people want from it", "HowItWorksHealthAspect"),
    SectionKind("unwanted_effects", "What else it can do", "SideEffectsHealthAspect"),
    SectionKind("comedown", "Coming down, and the days after", "SideEffectsHealthAspect"),
    SectionKind("short_term_risks", "Risks now", "RisksOrComplicationsHealthAspect", is_risk=True),
    SectionKind("long_term_risks", "Risks over time", "RisksOrComplicationsHealthAspect", is_risk=True),
    SectionKind("under_18s", "If you are under 18", "SuitabilityHealthAspect", is_risk=True),
    SectionKind("cut_with", "What may be in it", "TypesHealthAspect", is_risk=True),
    SectionKind("mixing", "Mixing it with other things", "InteractionsHealthAspect", is_risk=True),
    SectionKind("dependence", "Getting hooked, and stopping", "LivingWithHealthAspect", is_risk=True),
    SectionKind("staying_safer", "Looking after yourself and others", "SelfCareHealthAspect"),
    SectionKind("worried", "Worried about yourself or someone else", "GettingAccessHealthAspect"),
)
EMERGENCY_FIELDS = ("emergency_signs", "emergency_do", "emergency_dont")
EMERGENCY = SectionKind("emergency", "In an emergency", "MedicalHelpEmergencyHealthAspect")
LAW = SectionKind("law", "The law", "")

QUICK_FACTS: tuple[tuple[str, str], ...] = (
    ("quick_feel", "How it can feel"),
    ("quick_body", "What it does to the body"),
    ("quick_onset", "How soon it starts"),
    ("quick_duration", "How long it lasts"),
    ("quick_risks", "The biggest risks"),
)
FEWEST_QUICK_FACTS = 4  # with fewer the panel looks broken, so it is left out

# What a citation may give as the section that it supports: {name: what editors choose it by}, as on the page.
CITABLE = {
    "summary": "Summary",
    "names": "Names",
    "families": "Families",
    "quick": "Quick facts",
    **{field: f"Quick facts: {label}" for field, label in QUICK_FACTS},
    "emergency": "Emergency",
    "emergency_signs": "Emergency: signs",
    "emergency_do": "Emergency: what to do",
    "emergency_dont": "Emergency: what not to do",
    **{section.field: section.heading for section in SECTIONS},
    "routes": "Ways into the body",
    "law": "The law",
    "legal_statuses": "The law: rows",
    "law_notes": "The law: notes",
    "questions": "Questions",
}
