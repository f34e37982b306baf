"""The models of the app. Each module imports only modules to its left:

vocabulary <- law, names, routes, interactions <- substance <- indexes
"""

from __future__ import annotations

from prevention.substances.models.indexes import FamilyIndexPage, MixingPage, SubstanceIndexPage
from prevention.substances.models.interactions import Interaction, Mixture
from prevention.substances.models.law import LegalStatus, PenaltyProfile, penalty_profiles
from prevention.substances.models.names import SearchNameList, SubstanceName
from prevention.substances.models.routes import SubstanceRoute
from prevention.substances.models.substance import Question, SubstancePage, substance_called
from prevention.substances.models.vocabulary import (
    DrugClass,
    Family,
    Flag,
    Form,
    Level,
    NameKind,
    Regime,
    Reliability,
    Route,
    Territory,
)

__all__ = [
    "DrugClass",
    "Family",
    "FamilyIndexPage",
    "Flag",
    "Form",
    "Interaction",
    "LegalStatus",
    "Level",
    "MixingPage",
    "Mixture",
    "NameKind",
    "PenaltyProfile",
    "Question",
    "Regime",
    "Reliability",
    "Route",
    "SearchNameList",
    "SubstanceIndexPage",
    "SubstanceName",
    "SubstancePage",
    "SubstanceRoute",
    "Territory",
    "penalty_profiles",
    "substance_called",
]
