"""Moderators edit the lists of words to avoid; nonsense is refused, and the rules of the house stay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from prevention.core.models import Action, ContentChange
from prevention.core.publishing import PublishingRefusedError
from prevention.editorial.models import WordsToAvoid
from prevention.editorial.warnings import warnings
from prevention.users.models import User
from tests.factories import SubstancePageFactory

pytestmark = pytest.mark.django_db
Person = Callable[[str], User]
Kind = WordsToAvoid.Kind
FORM = {
    "kind": "refuse",
    "words": "smoke show\r\nZombie\u2019s breath",
    "why": "It is a dealer's name.",
    "instead": "its name",
    "source": "Our own rule, 2026",
}


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def words(text: str, kind: str = Kind.STIGMA, instead: str = "people who use it") -> WordsToAvoid:
    return WordsToAvoid(kind=kind, words=text, why="It hurts.", instead=instead, source="A guide, 2020")


def added(text: str, kind: str = Kind.STIGMA) -> WordsToAvoid:
    row = words(text, kind)
    row.full_clean()
    row.save()
    return row


def test_a_moderator_adds_words_in_the_admin_and_they_hold_at_once(person: Person) -> None:
    page = SubstancePageFactory(title="Examplium", live=False)
    page.looks = "<p>Some call it Smoke  show, or zombie's breath.</p>"
    assert page.publishing_errors() == {}
    address = reverse("wagtailsnippets_editorial_wordstoavoid:add")
    assert browser(person("Editors")).post(address, FORM).status_code == 302
    assert not WordsToAvoid.objects.exists()
    assert browser(person("Moderators")).post(address, FORM).status_code == 302
    (row,) = WordsToAvoid.objects.all()
    assert page.publishing_errors() == {"looks": "Leave out 'Smoke show'. It is a dealer's name."}
    with pytest.raises(PublishingRefusedError):
        page.save_revision().publish()
    line = ContentChange.objects.filter(kind="wordstoavoid").order_by("pk").last()
    assert line is not None
    row.delete()
    assert page.publishing_errors() == {}
    gone = ContentChange.objects.filter(kind="wordstoavoid", key=line.key).order_by("pk").last()
    assert gone is not None
    assert gone.action == Action.WITHDRAWN


def test_words_of_stigma_and_fear_warn() -> None:
    page: Any = SubstancePageFactory(title="Examplium", live=False)
    page.looks = "<p>The crackpots next door.</p>"
    added("crackpots", Kind.FEAR)
    assert warnings(page) == {"looks": ["'crackpots': It hurts. Better: people who use it."]}
    assert page.publishing_errors() == {}


def test_a_warning_can_be_taken_out_and_a_refusal_can_not() -> None:
    page: Any = SubstancePageFactory(title="Examplium", live=False)
    page.looks = "<p>The war on drugs, and other users.</p>"
    added("War on drugs", Kind.ALLOW)
    assert [sentence[:7] for sentence in warnings(page)["looks"]] == ["'users'"]
    with pytest.raises(ValidationError, match="rule of the house, which can not be taken out"):
        words("harmless", Kind.ALLOW).full_clean()


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (words("the"), "almost every text"),
        (words("a"), "too short"),
        (words("(a|b)+"), "letters, figures"),
        (words(" \n "), "This field cannot be blank|at least one word"),
        (words("addict"), "found already"),
        (words("scally", instead="not a scally"), "has one of the words in it"),
        (words("scally", instead=""), "Say what to write instead"),
        (words("scally", Kind.ALLOW), "nothing to leave alone"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_nonsense_is_refused_with_a_sentence(row: WordsToAvoid, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        row.full_clean()
