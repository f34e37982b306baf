"""Nothing that others refer to is deleted: not by a screen, in bulk or by code; and it is said where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Model, ProtectedError
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from prevention.core.change_log import withdrawal
from prevention.core.references import DeletionRefusedError
from prevention.editorial.models import SignOff
from prevention.home.models import StandardPage
from prevention.media.models import CandourDocument
from prevention.substances.models import Family, Interaction, PenaltyProfile, SubstancePage
from prevention.users.models import User
from resources.models import KeyStage, PackFile, RiskGroup
from search.models import CardHelpline, Intent
from tests.factories import (
    AlertFactory,
    InteractionFactory,
    LegalStatusFactory,
    LessonPackPageFactory,
    StandardPageFactory,
    SubstancePageFactory,
)

pytestmark = pytest.mark.django_db
Pair = tuple[Any, Any]  # what is to be deleted, and what refers to it


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("robin", "robin@candour.example", None))
    return client


def in_a_record() -> Pair:
    page = SubstancePageFactory(title="Examplium")
    return page, InteractionFactory(first=SubstancePage.objects.get(slug="ketamine"), second=page)


def in_an_alert() -> Pair:
    page: Any = SubstancePageFactory(title="Examplium")
    alert: Any = AlertFactory()
    alert.substances.add(page)
    alert.save()
    return page, alert


def as_a_group() -> Pair:
    page, member = SubstancePageFactory(title="Examplium", is_group=True), SubstancePageFactory()
    member.groups.add(page)
    member.explain(small=True)
    member.save()
    return page, member


def of_a_pack() -> Pair:
    page, pack = SubstancePageFactory(title="Examplium"), LessonPackPageFactory()
    pack.topics.add(page)
    pack.explain(small=True)
    pack.save()
    return page, pack


def on_a_card() -> Pair:
    page, card = StandardPageFactory(title="Quixotic"), Intent.objects.get(code="self-harm")
    card.page = page
    card.save()
    return page, card


def in_a_link_by_id() -> Pair:
    page = StandardPageFactory(title="Quixotic")
    return page, StandardPageFactory(body=f'<p><a linktype="page" id="{page.pk}">Read on</a></p>', live=False)


def in_a_link_by_address() -> Pair:
    page = StandardPageFactory(title="Quixotic")
    return page, StandardPageFactory(body='<p><a href="/quixotic/#more">Read on</a></p>')


def to_a_page_below() -> Pair:
    above = StandardPageFactory(title="Above")
    below = StandardPageFactory(title="Below", parent=above)
    return above, StandardPageFactory(body=f'<p><a linktype="page" id="{below.pk}">Read on</a></p>')


def as_a_replacement() -> Pair:
    page, gone = StandardPageFactory(title="Quixotic"), StandardPageFactory(title="Former")
    with withdrawal(reason="It is out of date.", replacement=page):
        gone.unpublish()
    return page, gone


def signed() -> Pair:
    page = StandardPageFactory(title="Quixotic", live=False)
    return page, SignOff.objects.create(
        base_content_type=page.get_base_content_type(),
        object_id=str(page.pk),
        step="Clinical",
        role="A nurse",
    )


def family() -> Pair:
    row = Family.objects.create(slug="examples", name="Examples")
    page = SubstancePageFactory()
    page.families.add(row)
    page.explain(small=True)
    page.save()
    return row, page


def penalty() -> Pair:
    row = PenaltyProfile.objects.filter(regime="mda", drug_class="B").get()
    page = SubstancePageFactory()
    LegalStatusFactory(page=page)
    return row, page


def key_stage() -> Pair:
    row, pack = KeyStage.objects.get(slug="ks4"), LessonPackPageFactory(live=False)
    pack.key_stages.add(row)
    pack.save()
    return row, pack


def risk_group() -> Pair:
    row, pack = RiskGroup.objects.first(), LessonPackPageFactory()
    assert row is not None
    pack.risk_groups.add(row)
    pack.explain(small=True)
    pack.save()
    return row, pack


def helpline() -> Pair:
    chosen = CardHelpline.objects.all()[0]
    return chosen.helpline, chosen.intent


def document() -> Pair:
    row = CandourDocument.objects.create(title="A sheet", file=ContentFile(b"%PDF-1.4", "sheet.pdf"))
    pack = LessonPackPageFactory()
    PackFile.objects.create(page=pack, document=row, kind="worksheet", title="A sheet")
    return row, pack


KINDS = [
    in_a_record,
    in_an_alert,
    as_a_group,
    of_a_pack,
    on_a_card,
    in_a_link_by_id,
    in_a_link_by_address,
    to_a_page_below,
    as_a_replacement,
    signed,
    family,
    penalty,
    key_stage,
    risk_group,
    helpline,
    document,
]


def is_there(thing: Model) -> bool:
    return type(thing)._base_manager.filter(pk=thing.pk).exists()


@pytest.mark.parametrize("arrange", KINDS)
def test_code_can_not_delete_what_others_refer_to(arrange: Callable[[], Pair]) -> None:
    thing, referring = arrange()
    with pytest.raises(ProtectedError):
        thing.delete()
    assert is_there(thing)
    assert is_there(referring)
    with pytest.raises(ProtectedError), transaction.atomic():
        type(thing)._default_manager.filter(pk=thing.pk).delete()
    assert is_there(thing)


def delete_address(thing: Model) -> str:
    if isinstance(thing, Page):
        return reverse("wagtailadmin_pages:delete", args=[thing.pk])
    if isinstance(thing, CandourDocument):
        return reverse("wagtaildocs:delete", args=[thing.pk])
    name = f"wagtailsnippets_{thing._meta.app_label}_{thing._meta.model_name}:delete"
    return reverse(name, args=[thing.pk])


def bulk_address(thing: Model) -> str:
    label, name = thing._meta.app_label, thing._meta.model_name
    if isinstance(thing, Page):
        label, name = "wagtailcore", "page"
    return f"{reverse('wagtail_bulk_action', args=[label, name, 'delete'])}?id={thing.pk}&next=/admin/"


@pytest.mark.parametrize("address", [delete_address, bulk_address])
@pytest.mark.parametrize("arrange", [in_an_alert, to_a_page_below, family, helpline])
def test_the_admin_says_where_it_is_referred_to(
    staff: Client, arrange: Callable[[], Pair], address: Callable[[Model], str]
) -> None:
    thing, referring = arrange()
    html = staff.post(address(thing), follow=True).content.decode()
    assert "was not deleted, because others refer to it" in html
    assert str(referring) in html
    assert is_there(thing)


@pytest.mark.parametrize("arrange", [in_a_record, document])
@pytest.mark.parametrize("address", [delete_address, bulk_address])
def test_what_the_database_protects_is_not_offered_for_deletion(
    staff: Client, arrange: Callable[[], Pair], address: Callable[[Model], str]
) -> None:
    thing, _ = arrange()
    html = staff.get(address(thing), follow=True).content.decode()
    assert "others refer to it" in html or "prevent" in html
    staff.post(address(thing))
    assert is_there(thing)


def test_what_goes_with_it_does_not_stand_in_the_way() -> None:
    above = StandardPageFactory(title="Above")
    below = StandardPageFactory(
        parent=above, body=f'<p><a linktype="page" id="{above.pk}">Up</a> <a href="/above/">Up</a></p>'
    )
    above.body = f'<p><a linktype="page" id="{below.pk}">Down</a></p>'
    above.explain(small=True)
    above.save()
    above.delete()
    assert not StandardPage.objects.filter(pk__in=[above.pk, below.pk]).exists()


def test_a_record_itself_can_be_deleted() -> None:
    _, record = in_a_record()
    record.delete()
    assert not Interaction.objects.filter(pk=record.pk).exists()


def test_the_sentence_says_what_to_do() -> None:
    page, alert = in_an_alert()
    with pytest.raises(DeletionRefusedError) as refused:
        page.delete()
    assert refused.value.sentence == (
        f"'Examplium' was not deleted, because others refer to it: alert '{alert}'. "
        "Change these first, or withdraw it."
    )
