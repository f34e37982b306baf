"""What is pasted is cleaned at every door, and typography stays."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from wagtail.images.tests.utils import get_test_image_file
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from prevention.core.models import Citation
from prevention.core.pasted import clean_references, clean_text
from prevention.core.sanitise import clean_html
from prevention.help.models import Helpline
from prevention.media.models import CandourImage
from prevention.substances.models import SubstancePage
from prevention.users.models import User
from tests.factories import DAY, SubstancePageFactory
from tests.forms import posted

DIRTY = "\x93Ket\x94 \x96 it\u200b is\u202e white\ufeff"
CLEAN = "\u201cKet\u201d \u2013 it is white"

SOURCE: dict[str, Any] = {
    "section": "summary",
    "title": "S",
    "publisher": "NHS",
    "url": "https://nhs.uk",
    "accessed": DAY,
}


@pytest.mark.parametrize(
    ("pasted", "clean"),
    [
        (DIRTY, CLEAN),
        ("\u201cSmart\u201d \u2013 it\u2019s 116\u00a0123, 21\u00b0C, caf\u00e9", None),
        ("a\x00b\x07c\td\ne", "abc\td\ne"),
        ("soft\u00adhyphen \x81", "softhyphen "),
        ("\U0001f468\u200d\U0001f469 and\u200d joined", "\U0001f468\u200d\U0001f469 and joined"),
        ("\u2066turned\u2069 \U000e0041", "turned "),
    ],
)
def test_what_nobody_sees_goes_and_typography_stays(pasted: str, clean: str | None) -> None:
    assert clean_text(pasted) == (pasted if clean is None else clean)


@given(st.text(max_size=200))
def test_what_was_cleaned_is_clean(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)
    assert clean_references(clean_references(text)) == clean_references(text)


def test_word_in_rich_text_leaves_its_words_alone() -> None:
    word = (
        "<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->"
        "<xml><o:OfficeDocumentSettings>96</o:OfficeDocumentSettings></xml>"
        "<style>p.MsoNormal {margin: 0}</style>"
        '<p class="MsoNormal" style="mso-margin-top-alt:auto"><span lang="EN-GB">\x93Ket\x94&#8238; is '
        "white&#x200B;<o:p></o:p></span></p>"
    )
    assert clean_html(word) == "<p>\u201cKet\u201d is white</p>"


def browser() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("robin", "robin@candour.example", None))
    return client


@pytest.mark.django_db
def test_the_form_of_a_page_cleans_every_kind_of_text_and_shows_it() -> None:
    page = SubstancePageFactory(title="Examplium")
    Citation.objects.create(page=page, **SOURCE)
    staff = browser()
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    form = posted(staff.get(address).content.decode())
    name = {"name": DIRTY, "kind": "street", "region": "", "source": DIRTY, "ORDER": 1}
    names: dict[str, Any] = nested_form_data({"names": inline_formset([name])})
    said = {
        "summary": DIRTY,
        "emergency_do": f"{DIRTY}\r\nCall 999",
        "search_keywords": f"{DIRTY}\r\nother",
        "looks": rich_text(f"<p>{DIRTY}</p>"),
        "change_note": DIRTY,
        "citations-0-title": DIRTY,
    }
    shown = staff.post(address, {**form, **names, **said}, follow=True).content.decode()
    assert "\u202e" not in shown
    draft = SubstancePage.objects.get(pk=page.pk).get_latest_revision_as_object()
    assert (draft.summary, draft.change_note) == (CLEAN, CLEAN)
    assert draft.emergency_do == f"{CLEAN}\nCall 999"
    assert draft.search_keywords == f"{CLEAN}\nother"
    assert CLEAN in draft.looks
    assert [row.name for row in draft.names.all()] == [CLEAN]
    assert CLEAN in [row.title for row in draft.citations.all()]


@pytest.mark.django_db
def test_code_cleans_pages_rows_snippets_and_alternative_texts() -> None:
    page: SubstancePage = SubstancePageFactory(title="Examplium", summary=DIRTY, live=False)
    page.citations.add(Citation(**{**SOURCE, "title": DIRTY}))
    page.emergency_do = DIRTY
    draft = page.save_revision().as_object()
    assert (draft.emergency_do, draft.citations.last().title) == (CLEAN, CLEAN)
    assert SubstancePage.objects.get(pk=page.pk).summary == CLEAN
    line = Helpline.objects.all()[0]
    line.what_for = DIRTY
    line.save()
    assert Helpline.objects.get(pk=line.pk).what_for == CLEAN
    picture = CandourImage(title=DIRTY, description=DIRTY, file=get_test_image_file())
    picture.save()
    assert CandourImage.objects.get(pk=picture.pk).description == CLEAN
