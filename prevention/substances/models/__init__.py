"""`vocabulary` <- `law`, `names` <- `pages`: imports among these modules go to the left only."""

from __future__ import annotations

from prevention.substances.models.law import LegalStatus, PenaltyProfile
from prevention.substances.models.names import SubstanceName
from prevention.substances.models.pages import Question, SubstanceIndexPage, SubstancePage
from prevention.substances.models.vocabulary import DrugClass, Family, NameKind, Regime, Territory

__all__ = [
    "DrugClass",
    "Family",
    "LegalStatus",
    "NameKind",
    "PenaltyProfile",
    "Question",
    "Regime",
    "SubstanceIndexPage",
    "SubstanceName",
    "SubstancePage",
    "Territory",
]
