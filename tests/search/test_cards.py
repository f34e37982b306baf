"""Cards lead to helplines that are there; who changes what brings a card up sees what that does."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse

from prevention.core.publishing import PublishingRefusedError
from prevention.editorial.attention import attention_items
from prevention.help.models import Helpline
from prevention.users.models import User
from search.find import find
from search.models import CardHelpline, Intent
from search.wordings import effect_of
from tests.forms import posted

pytestmark = pytest.mark.django_db
HAND_IN = {"action-submit": "1"}
ADD = reverse("wagtailsnippets_search_intent:add")
DIGEST = re.compile(r'<input type="checkbox" name="seen" value="(\w+)"')


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("robin", "robin@candour.example", None))
    return client


@pytest.fixture
def card() -> Intent:
    """A card that 'zzwobbly' brings up, held to two wordings, with FRANK on it."""
    card = Intent(code="wobbly", heading="Wobbly", body="Sit down.", urgent=True, phrases="zzwobbly")
    card.wordings = "im all zzwobbly\nproper zzgiddy"
    card.helplines.add(CardHelpline(helpline=Helpline.objects.get(code="frank")))
    card.save()
    return card


def another_line() -> Helpline:
    """Return a helpline that no card has."""
    line = Helpline.objects.get(code="frank")
    line.pk, line.code, line.name = None, "another", "Another"
    line.save()
    return line


def edit(card: Intent) -> str:
    return reverse("wagtailsnippets_search_intent:edit", args=[card.pk])


def again(card: Intent) -> Intent:
    return Intent.objects.get(pk=card.pk)


def form_of(staff: Client, card: Intent) -> dict[str, Any]:
    return dict(posted(staff.get(edit(card)).content.decode()))


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("phrases", "!zzwobbly", "without any nobody sees it"),
        ("body", "  ", "a card without a text helps nobody"),
        ("helplines", None, "a card has to lead to somebody who can be reached"),
    ],
)
def test_a_card_without_its_parts_goes_live_by_no_door(
    staff: Client, card: Intent, field: str, value: str | None, why: str
) -> None:
    form = {**form_of(staff, card), **HAND_IN}
    changes = {"helplines-0-DELETE": "1"} if value is None else {field: value}
    html = staff.post(edit(card), {**form, **changes}).content.decode()
    assert why in html or "This field is required." in html
    here = again(card)
    if value is None:
        here.helplines.set([])
    else:
        setattr(here, field, value)
    assert why in here.publishing_errors()[field]
    with pytest.raises(PublishingRefusedError, match=why):
        here.save()
    assert [line.code for line in again(card).helpline_rows()] == ["frank"]


def test_a_helpline_that_is_not_live_is_none(card: Intent) -> None:
    kind = "Card that leads nowhere"
    assert not [item for item in attention_items() if item.kind == kind]
    Helpline.objects.get(code="frank").unpublish()
    assert "helplines" in again(card).publishing_errors()
    assert "Wobbly" in [item.title for item in attention_items() if item.kind == kind]


def test_a_new_card_is_made_in_the_form(staff: Client) -> None:
    form = dict(posted(staff.get(ADD).content.decode())) | {
        "code": "qux",
        "heading": "Qux",
        "body": "Do this.",
        "phrases": "zzqux",
        "helplines-TOTAL_FORMS": "2",
        "helplines-0-helpline": str(Helpline.objects.get(code="samaritans").pk),
        "helplines-0-ORDER": "2",
        "helplines-1-helpline": str(Helpline.objects.get(code="childline").pk),
        "helplines-1-ORDER": "1",
        **HAND_IN,
    }
    html = staff.post(ADD, form).content.decode()
    assert "It catches 0 of its 0 known wordings." in html
    (digest,) = DIGEST.findall(html)
    assert staff.post(ADD, {**form, "seen": digest}).status_code == 302
    assert find("zzqux").card is None
    Intent.objects.get(code="qux").get_latest_revision().publish()
    card = find("zzqux").card
    assert card is not None
    assert [line.code for line in card.helplines] == ["childline", "samaritans"]


def test_a_helpline_of_a_card_is_taken_away_by_no_door(staff: Client, card: Intent) -> None:
    line = another_line()
    card.helplines.add(CardHelpline(helpline=line))
    card.save()
    bulk = reverse("wagtail_bulk_action", args=["help", "helpline", "delete"])
    for address in (
        reverse("wagtailsnippets_help_helpline:delete", args=[line.pk]),
        f"{bulk}?id={line.pk}&next=/admin/",
    ):
        html = unescape(staff.post(address, follow=True).content.decode())
        assert "because others refer to it: intent 'Wobbly'" in html
    with pytest.raises(ProtectedError):
        line.delete()
    # Nor by taking away every way to reach it.
    line.phone = line.text_number = line.url = ""
    with pytest.raises(PublishingRefusedError, match="no way to reach it"):
        line.save()


def test_a_helpline_on_no_card_is_deleted(staff: Client) -> None:
    line = another_line()
    staff.post(reverse("wagtailsnippets_help_helpline:delete", args=[line.pk]))
    assert not Helpline.objects.filter(pk=line.pk).exists()


def test_a_form_that_is_posted_as_it_was_loaded_asks_nothing(staff: Client, card: Intent) -> None:
    form = {**form_of(staff, card), "body": "Lie down.", **HAND_IN}
    assert staff.post(edit(card), form).status_code == 302
    assert again(card).get_latest_revision_as_object().body == "Lie down."


def test_who_changes_the_phrases_sees_what_they_gain_and_lose_first(staff: Client, card: Intent) -> None:
    form = {**form_of(staff, card), "phrases": "zzgiddy\r\nwent to the dentist", **HAND_IN}
    html = staff.post(edit(card), form).content.decode()
    assert "It catches 1 of its 2 known wordings." in html
    assert "It misses: “im all zzwobbly”." in html
    assert "It gains: “proper zzgiddy”." in html
    assert "It loses: “im all zzwobbly”." in html
    assert again(card).get_latest_revision() is None
    (digest,) = DIGEST.findall(html)
    # What was seen is what is handed in: another change is to be seen again.
    html = staff.post(edit(card), {**form, "phrases": "zznothing", "seen": digest}).content.decode()
    assert "It catches 0 of its 2 known wordings." in html
    assert "checked" not in html.partition('name="seen"')[2].partition(">")[0]
    assert staff.post(edit(card), {**form, "seen": digest}).status_code == 302
    assert again(card).get_latest_revision_as_object().phrases == "zzgiddy\nwent to the dentist"


def test_what_was_saved_as_a_draft_is_seen_when_it_is_handed_in(staff: Client, card: Intent) -> None:
    form = {**form_of(staff, card), "phrases": "zzgiddy"}
    assert staff.post(edit(card), form).status_code == 302
    html = staff.post(edit(card), {**form_of(staff, card), **HAND_IN}).content.decode()
    assert "It loses: “im all zzwobbly”." in html


def test_a_question_that_is_of_another_card_or_of_none_is_told(card: Intent) -> None:
    other = Intent.objects.get(code="emergency")
    theirs = other.wordings.splitlines()[0]
    card.order, card.phrases = 0, f"{card.phrases}\n{theirs}"
    effect = effect_of(card)
    assert effect.false == (theirs,)
    assert f"It catches, and should not: “{theirs}”." in str(effect)


@pytest.mark.parametrize("code", ["emergency", "self-harm", "spiked", "hurt"])
def test_the_urgent_cards_of_the_starter_catch_what_they_are_held_to(code: str) -> None:
    effect = effect_of(Intent.objects.get(code=code))
    assert effect.own >= 7
    assert len(effect.missed) <= effect.own / 10
    assert not effect.false
