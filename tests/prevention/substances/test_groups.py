"""Groups and families: the members on a group page, and names of drugs without their own page."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from prevention import clock
from prevention.core.page_index import page_index
from prevention.substances.models import Family, SubstanceName, SubstancePage, SubstanceRoute
from prevention.substances.models.indexes import addresses_by_name, families_shown
from tests.factories import AlertFactory, SubstancePageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def group() -> SubstancePage:
    """A group page."""
    made: SubstancePage = SubstancePageFactory(title="Exampliums", is_group=True)
    return made


@pytest.fixture
def member(group: SubstancePage) -> SubstancePage:
    """A substance that belongs to the group."""
    made: SubstancePage = SubstancePageFactory(title="Examplium")
    made.groups.set([group])
    made.explain(small=True)
    made.save_revision().publish()
    return made


def test_a_group_lists_its_members_and_a_member_its_group(
    reader: Client, group: SubstancePage, member: SubstancePage
) -> None:
    html = reader.get("/drugs/exampliums/").content.decode()
    assert "Drugs in this group" in html
    assert 'href="/drugs/examplium/"' in html
    assert (
        'One of the <a href="/drugs/exampliums/">Exampliums</a>'
        in reader.get("/drugs/examplium/").content.decode()
    )
    answer = reader.get("/api/v1/substances/examplium").json()
    assert (answer["groups"], answer["is_group"]) == (["exampliums"], False)


def test_a_member_whose_group_is_withdrawn_renders_without_it(
    reader: Client, group: SubstancePage, member: SubstancePage
) -> None:
    group.unpublish()
    response = reader.get("/drugs/examplium/")
    assert response.status_code == 200
    assert "Exampliums" not in response.content.decode()
    assert reader.get("/api/v1/substances/examplium").json()["groups"] == []


def test_a_group_that_is_not_saved_yet_lists_nobody() -> None:
    assert SubstancePage(title="Exampliums", is_group=True).members_shown() == []


def test_a_page_of_a_family_lists_the_family(reader: Client) -> None:
    page = SubstancePageFactory(title="Examplium")
    page.families.set([Family.objects.get(slug="dissociatives")])
    page.explain(small=True)
    page.save_revision().publish()
    assert 'href="/drugs/examplium/"' in reader.get("/drugs/dissociatives/").content.decode()
    html = reader.get("/drugs/types-of-drugs/").content.decode()
    assert 'href="/drugs/examplium/"' in html
    assert 'href="/drugs/dissociatives/"' in html


def test_every_family_of_the_wheel_has_its_page() -> None:
    families = families_shown()
    assert len(families) == 7
    assert all(family["url"] == f"/drugs/{family['slug']}/" for family in families)


@pytest.mark.parametrize(
    ("is_group", "words"),
    [(True, "It belongs to this group."), (False, "It is a close relative of Examplium.")],
)
def test_a_name_without_a_page_of_its_own_is_told_apart(reader: Client, is_group: bool, words: str) -> None:
    page = SubstancePageFactory(title="Examplium", is_group=is_group)
    SubstanceName.objects.create(page=page, name="exb", kind="member", source="The tests", ambiguous=True)
    html = reader.get("/drugs/examplium/?name=exb").content.decode()
    assert words in html
    assert "It can mean other things too." in html


def test_an_address_made_of_another_name_leads_to_the_substance(reader: Client) -> None:
    SubstancePageFactory(title="Examplium", names=["Zz Name"])
    response = reader.get("/drugs/zz-name/")
    assert (response.status_code, response["Location"]) == (302, "/drugs/examplium/?name=Zz+Name")
    assert "You looked for" in reader.get(response["Location"]).content.decode()
    assert not response.cookies
    assert reader.post("/drugs/zz-name/").status_code in {404, 405}


def test_an_address_made_of_a_name_of_two_leads_nowhere(reader: Client) -> None:
    for title in ("Examplium", "Otherium"):
        SubstancePageFactory(title=title, names=["zzname"])
    assert "zzname" not in addresses_by_name()
    assert reader.get("/drugs/zzname/").status_code == 404


def test_a_hidden_name_makes_no_address(reader: Client) -> None:
    page = SubstancePageFactory(title="Examplium")
    SubstanceName.objects.create(
        page=page, name="zzhidden", kind="street", source="The tests", offensive=True
    )
    assert reader.get("/drugs/zzhidden/").status_code == 404


def test_an_alert_for_a_group_shows_on_its_members(
    reader: Client, group: SubstancePage, member: SubstancePage
) -> None:
    alert = AlertFactory.create(title="A bad batch is about")
    alert.substances.set([group])
    alert.save()
    assert "A bad batch is about" in reader.get("/drugs/examplium/").content.decode()
    assert "A bad batch is about" not in reader.get("/drugs/ketamine/").content.decode()


# Typed fields


def test_ways_and_looks_are_shown_and_in_the_api(reader: Client) -> None:
    page = SubstancePageFactory(
        title="Examplium", forms="powder pill", flags="medicine", looks="<p>White.</p>"
    )
    SubstanceRoute.objects.create(page=page, route="snorting", risk="It hurts the nose.")
    html = reader.get("/drugs/examplium/").content.decode()
    assert "It hurts the nose." in html
    assert "Pills or tablets" in html
    assert "#powder" in html
    answer = reader.get("/api/v1/substances/examplium").json()
    assert answer["routes"] == [{"route": "snorting", "risk": "It hurts the nose."}]
    assert (answer["forms"], answer["flags"]) == (["powder", "pill"], ["medicine"])
    assert "Snorting: It hurts the nose." in page.search_text()


def test_an_unknown_form_is_refused() -> None:
    page = SubstancePageFactory.build(title="Examplium", forms="powder fog")
    with pytest.raises(ValidationError) as caught:
        page.clean_fields()
    assert "fog: choose from" in caught.value.message_dict["forms"][0]


def test_a_review_more_than_three_years_from_now_stops_publishing() -> None:
    page = SubstancePageFactory(title="Examplium")
    page.next_review = clock.today() + datetime.timedelta(days=4 * 366)
    page.last_reviewed = page.next_review - datetime.timedelta(days=365)
    assert "three years from today" in page.publishing_errors({"mixing"})["next_review"]
    page.next_review = clock.today() + datetime.timedelta(days=365)
    assert page.publishing_errors({"mixing"}) == {}


def test_the_places_know_a_page_as_soon_as_it_is_public() -> None:
    assert "/drugs/examplium/" not in page_index().by_url
    page = SubstancePageFactory(title="Examplium")
    assert page_index().by_url["/drugs/examplium/"].pk == page.pk
    assert [place.title for place in page_index().above(page.path)] == ["Candour", "Drugs A to Z"]
    page.unpublish()
    assert "/drugs/examplium/" not in page_index().by_url
