"""What a card must have before it is public; settings.PUBLISHING_RULES names the function."""

from __future__ import annotations

from django.db.models import Model

from prevention.core.publishing import Errors
from search.models import Intent


def card_rules(instance: Model) -> Errors:
    """Return what a card lacks: {field or child relation: sentence}; {} for anything else."""
    if not isinstance(instance, Intent):
        return {}
    errors: Errors = {}
    if not any(not phrase.startswith("!") for phrase in instance.phrase_list):
        errors["phrases"] = "Give phrases that bring the card up: without any nobody sees it."
    if not instance.body.strip():
        errors["body"] = "Say what to do now: a card without a text helps nobody."
    if not any(row.helpline.live and row.helpline.is_reachable for row in instance.helplines.all()):
        errors["helplines"] = "Choose a helpline: a card has to lead to somebody who can be reached."
    return errors
