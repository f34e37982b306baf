"""Mixing: one record for each pair, seen from both pages and from their groups; nothing ever says safe."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from prevention.core.publishing import PublishingRefusedError
from prevention.substances.models import Interaction, Level, MixingPage, SubstancePage
from tests.factories import InteractionFactory, SubstancePageFactory

pytestmark = pytest.mark.django_db
ADDRESS = "/drugs/mixing/"


@pytest.fixture
def one() -> SubstancePage:
    """One substance."""
    made: SubstancePage = SubstancePageFactory(title="Examplium")
    return made


@pytest.fixture
def other() -> SubstancePage:
    """Another substance."""
    made: SubstancePage = SubstancePageFactory(title="Otherium")
    return made


@pytest.fixture
def group(one: SubstancePage) -> SubstancePage:
    """A group page that `one` belongs to."""
    made: SubstancePage = SubstancePageFactory(title="Exampliums", is_group=True)
    one.groups.set([made])
    one.explain(small=True)
    one.save()
    return made


def test_no_level_says_safe() -> None:
    assert set(Level.values) == {"danger", "serious", "caution", "unknown"}
    words = " ".join([*Level.values, *map(str, Level.labels)]).lower()
    assert "safe" not in words
    assert "low" not in words


def test_a_pair_stands_once_whichever_way_round(one: SubstancePage, other: SubstancePage) -> None:
    record = InteractionFactory.create(first=other, second=one)
    assert (record.first_id, record.second_id) == (one.pk, other.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        InteractionFactory(first=one, second=other, live=False)
    with pytest.raises(PublishingRefusedError, match="already exists"):
        InteractionFactory(first=other, second=one)
    assert str(record) == "Examplium and Otherium"


@pytest.mark.parametrize(
    "words", ["It is safe to mix them.", "This is a low-risk mix.", "Mixing them is harmless.", "Take 50 mg."]
)
def test_a_claim_of_safety_or_a_dose_is_refused(one: SubstancePage, other: SubstancePage, words: str) -> None:
    record = InteractionFactory.build(first=one, second=other, explanation=words)
    with pytest.raises(PublishingRefusedError) as caught:
        record.save()
    assert "explanation" in caught.value.message_dict


def test_a_pair_of_one_is_refused(one: SubstancePage) -> None:
    with pytest.raises(ValidationError, match="the same one"):
        InteractionFactory.build(first=one, second=one).clean()


def test_one_edit_shows_on_both_pages_and_in_the_api(
    reader: Client, one: SubstancePage, other: SubstancePage
) -> None:
    record = InteractionFactory.create(first=one, second=other)
    for slug in ("examplium", "otherium"):
        assert "They slow your breathing." in reader.get(f"/drugs/{slug}/").content.decode()
    record.explanation = "They stop your breathing."
    record.save()
    for slug, partner in (("examplium", "otherium"), ("otherium", "examplium")):
        assert "They stop your breathing." in reader.get(f"/drugs/{slug}/").content.decode()
        (row,) = reader.get(f"/api/v1/substances/{slug}").json()["interactions"]
        assert (row["other"], row["level"], row["recorded_of"]) == (partner, "danger", slug)


def test_a_section_on_mixing_is_there_with_records_alone(
    reader: Client, one: SubstancePage, other: SubstancePage
) -> None:
    InteractionFactory(first=one, second=other)
    html = reader.get("/drugs/examplium/").content.decode()
    assert 'id="mixing"' in html
    assert 'href="#mixing"' in html


def test_what_is_recorded_of_a_group_holds_for_its_members(
    reader: Client, one: SubstancePage, other: SubstancePage, group: SubstancePage
) -> None:
    InteractionFactory(first=group, second=other, explanation="The group is dangerous with it.")
    html = reader.get("/drugs/examplium/").content.decode()
    assert "The group is dangerous with it." in html
    assert "This is what is known of Exampliums and Otherium." in html
    (row,) = reader.get("/api/v1/substances/examplium").json()["interactions"]
    assert row["recorded_of"] == "exampliums"
    assert (
        "The group is dangerous with it."
        in reader.get(ADDRESS, {"drug": ["examplium", "otherium"]}).content.decode()
    )


def test_a_record_of_its_own_goes_before_one_of_its_group(
    one: SubstancePage, other: SubstancePage, group: SubstancePage
) -> None:
    InteractionFactory(first=group, second=other, level="danger")
    own = InteractionFactory.create(first=one, second=other, level="caution")
    (mixture,) = SubstancePage.objects.get(pk=one.pk).mixtures
    assert mixture.record == own
    between = Interaction.objects.between(other.mixing_ids, SubstancePage.objects.get(pk=one.pk).mixing_ids)
    assert between is not None
    assert between.record == own


def test_of_several_groups_the_worst_counts(
    one: SubstancePage, other: SubstancePage, group: SubstancePage
) -> None:
    """A record on a group and one of the two drugs must not hide the worse one on both groups."""
    others = SubstancePageFactory(title="Otheriums", is_group=True)
    other.groups.set([others])
    other.explain(small=True)
    other.save()
    InteractionFactory(first=group, second=other, level="caution")
    worst = InteractionFactory.create(first=group, second=others, level="danger")
    pair = [SubstancePage.objects.get(pk=page.pk) for page in (one, other)]
    for first, second in (pair, reversed(pair)):
        mixture = Interaction.objects.between(first.mixing_ids, second.mixing_ids)
        assert mixture is not None
        assert (mixture.record, mixture.is_exact) == (worst, False)


def test_a_record_with_its_own_group_stands_on_both_pages(
    reader: Client, one: SubstancePage, group: SubstancePage
) -> None:
    InteractionFactory(first=one, second=group, explanation="Two of a kind.")
    for slug in ("examplium", "exampliums"):
        assert "Two of a kind." in reader.get(f"/drugs/{slug}/").content.decode()


def test_two_of_one_group_do_not_get_the_records_of_the_group(
    reader: Client, one: SubstancePage, other: SubstancePage, group: SubstancePage
) -> None:
    other.groups.set([group])
    other.explain(small=True)
    other.save()
    InteractionFactory(first=group, second=SubstancePageFactory(title="Thirdium"))
    assert reader.get("/api/v1/interactions?substance=examplium&substance=otherium").json()["count"] == 0


def test_a_page_that_is_not_public_shows_its_own_records_in_its_preview(
    one: SubstancePage, other: SubstancePage
) -> None:
    InteractionFactory(first=one, second=other)
    one.unpublish()
    assert [mixture.title for mixture in SubstancePage.objects.get(pk=one.pk).mixtures] == ["Otherium"]
    assert SubstancePage.objects.get(pk=other.pk).mixtures == []


def test_the_worst_stands_first(one: SubstancePage) -> None:
    for level in ("unknown", "caution", "danger", "serious"):
        InteractionFactory(first=one, second=SubstancePageFactory(title=f"With {level}"), level=level)
    assert [row.record.level for row in one.mixtures] == ["danger", "serious", "caution", "unknown"]


def test_a_record_with_a_withdrawn_side_is_shown_nowhere(
    reader: Client, one: SubstancePage, other: SubstancePage
) -> None:
    InteractionFactory(first=one, second=other, explanation="Words of the record.")
    other.unpublish()
    assert "Words of the record." not in reader.get("/drugs/examplium/").content.decode()
    assert reader.get("/drugs/examplium/").status_code == 200
    assert reader.get("/api/v1/interactions", {"substance": "examplium"}).json()["count"] == 0


# The page


def test_unknown_is_said_not_to_be_safe(reader: Client, one: SubstancePage, other: SubstancePage) -> None:
    html = reader.get(ADDRESS, {"drug": ["examplium", "otherium"]}).content.decode()
    assert "Unknown is not safe." in html
    assert html.count("mix--unknown") == 1


def test_three_give_three_pairs_and_a_warning(
    reader: Client, one: SubstancePage, other: SubstancePage
) -> None:
    SubstancePageFactory(title="Thirdium")
    html = reader.get(ADDRESS, {"drug": ["examplium", "otherium", "thirdium"]}).content.decode()
    assert html.count('class="pair"') == 3
    assert "With three or more drugs" in html


@pytest.mark.parametrize(
    ("chosen", "titles"),
    [
        ([], []),
        ([""], []),
        (["examplium"], ["Examplium"]),
        (["examplium", "examplium"], ["Examplium"]),
        (["no-such-drug", "examplium"], ["Examplium"]),
        (["<script>alert(1)</script>", "\x00", "x" * 5000], []),
        (["examplium", "otherium", "ketamine", "alcohol"], ["Examplium", "Otherium", "Ketamine"]),
    ],
)
def test_only_what_is_there_counts_as_chosen(
    one: SubstancePage, other: SubstancePage, chosen: list[str], titles: list[str]
) -> None:
    assert [page.title for page in MixingPage.objects.get().chosen(chosen)] == titles


def test_nonsense_in_the_address_gives_the_empty_form(reader: Client) -> None:
    response = reader.get(ADDRESS + "?drug=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&drug=%00&other=1")
    assert response.status_code == 200
    assert "alert(1)" not in response.content.decode()
    assert 'id="known"' not in response.content.decode()


def test_the_choice_stays_in_the_form(reader: Client, one: SubstancePage) -> None:
    assert "each one once" in reader.get(ADDRESS, {"drug": ["examplium", "examplium"]}).content.decode()
    html = reader.get(ADDRESS, {"drug": "examplium"}).content.decode()
    assert "<title>Examplium: Mixing drugs | Candour</title>" in html
    assert html.count('<option value="examplium" selected>') == 1
    assert "Choose a second drug above" in html


# The API


def test_the_api_gives_a_pair_by_its_groups_too(
    reader: Client, one: SubstancePage, other: SubstancePage, group: SubstancePage
) -> None:
    InteractionFactory(first=group, second=other)
    InteractionFactory(first=one, second=SubstancePageFactory(title="Thirdium"))
    answer = reader.get("/api/v1/interactions?substance=examplium&substance=otherium").json()
    assert [row["between"] for row in answer["results"]] == [["exampliums", "otherium"]]
    assert reader.get("/api/v1/interactions?substance=examplium").json()["count"] == 2


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("substance=no-such", "There is no substance called no-such."),
        ("substance=ketamine&substance=alcohol&substance=lsd", "Give one or two substances."),
    ],
)
def test_the_api_says_what_is_wrong(reader: Client, query: str, words: str) -> None:
    response: Any = reader.get(f"/api/v1/interactions?{query}")
    assert response.status_code == 400
    assert response.json()["substance"] == [words] or words in str(response.json())
