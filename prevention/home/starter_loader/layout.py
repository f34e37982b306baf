"""Which file of the starter content holds what: the models, in the order in which they need each other."""

from __future__ import annotations

from pathlib import Path

from django.apps import apps
from django.utils.text import capfirst

from prevention.core.fields import SafeRichTextField

STARTER = Path(__file__).parents[1] / "starter"

# Snippet files: each top-level list and the model that it fills, in the order in which they need each other.
# Models of apps above this one are named, not imported.
SNIPPETS: dict[str, dict[str, tuple[str, str]]] = {
    "vocabularies.yaml": {
        "key_stages": ("resources.KeyStage", "slug"),
        "risk_groups": ("resources.RiskGroup", "slug"),
        "families": ("substances.Family", "slug"),
        "penalty_profiles": ("substances.PenaltyProfile", "regime drug_class"),
    },
    "helplines.yaml": {"": ("help.Helpline", "code")},
}
# Loaded after the pages that they name.
SEARCH = {
    "intents.yaml": {"": ("search.Intent", "code")},
    "wordlists.yaml": {"": ("search.WordList", "code")},
}
# Loaded after the pages that they join.
INTERACTIONS = "interactions.yaml"
INTERACTION = "substances.Interaction"
# Parents come before children.
PAGE_ORDER = (
    "home.HomePage",
    "substances.SubstanceIndexPage",
    "resources.ResourceIndexPage",
    "help.HelpPage",
    "home.TopicIndexPage",
    "home.ChangesPage",
    "substances.FamilyIndexPage",
    "substances.MixingPage",
    "substances.SubstancePage",
    "home.StandardPage",
    "resources.LessonPackPage",
)
# The folder of the pages of a model; all others are in `pages`.
FOLDERS = {"substances.SubstancePage": "substances", "resources.LessonPackPage": "packs"}
OTHER_PAGES = "pages"
DOCUMENTS = "packs/files"
# What would bury the text of ketamine.md stands beside it: ketamine.names.yaml, ketamine.sources.yaml.
BESIDE = {"names": ("names", "search_lists"), "sources": ("sources", "citations")}
# A page's place among the pages of its type: those with a lower number come first; of one number by name.
PLACE = "place"
USUAL_PLACE = 100


def folder_of(label: str) -> str:
    """Return the folder that holds the pages of a model."""
    return FOLDERS.get(label, OTHER_PAGES)


def headings(label: str) -> dict[str, str]:
    """Return {heading in a page's file: field}: its rich text fields, by the names that editors see."""
    fields = apps.get_model(label)._meta.concrete_fields
    return {capfirst(row.verbose_name): row.name for row in fields if isinstance(row, SafeRichTextField)}
