"""The six kinds of facts outside pages, for the tests of what holds for all of them."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from prevention.help.models import Helpline
from prevention.substances.models import Interaction, PenaltyProfile
from prevention.users.models import User
from search.models import Intent, WordList
from tests.factories import AlertFactory
from tests.forms import Fields, posted

# A live fact of each kind, and the field that a test writes into.
KINDS: dict[str, tuple[Any, str]] = {
    "mixing record": (
        lambda: Interaction.objects.get(first__slug="alcohol", second__slug="ketamine"),
        "explanation",
    ),
    "helpline": (lambda: Helpline.objects.get(code="frank"), "what_for"),
    "card": (lambda: Intent.objects.get(code="emergency"), "body"),
    "penalty": (lambda: PenaltyProfile.objects.get(regime="mda", drug_class="B"), "possession_max"),
    "alert": (AlertFactory.create, "summary"),
    "list of words": (lambda: WordList.objects.get(code="plain"), "words"),
}


def fact_of(kind: str) -> Any:
    """Return the live fact of a kind."""
    return KINDS[kind][0]()


def browser(user: User) -> Client:
    """Return a browser in which somebody is signed in."""
    client = Client()
    client.force_login(user)
    return client


def address(fact: Any, view: str = "edit", *args: Any) -> str:
    """Return the address of one of the admin's views of a fact."""
    return reverse(fact.snippet_viewset.get_url_name(view), args=[fact.pk, *args])


def form_of(client: Client, fact: Any) -> Fields:
    """Return what a browser sends when the form of a fact is posted as it was loaded."""
    return posted(client.get(address(fact)).content.decode())


def fresh(fact: Any) -> Any:
    """Return a fact as the database has it now."""
    return type(fact).objects.get(pk=fact.pk)


def changed(fact: Any, field: str, text: str, user: User | None = None) -> Any:
    """Save a draft of a change, and return it."""
    draft = fresh(fact).get_latest_revision_as_object()
    setattr(draft, field, text)
    draft.save_revision(user=user)
    return fresh(fact)
