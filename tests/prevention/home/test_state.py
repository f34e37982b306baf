"""The state of a page or a snippet: plain, equal for equal content, different for different content."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from prevention.core.models import BasePage
from prevention.help.models import Helpline
from prevention.home.starter_loader.state import hash_of, state_of
from prevention.substances.models import Interaction, SubstancePage
from resources.models import KeyStage, LessonPackPage

pytestmark = pytest.mark.django_db
SNIPPETS = (
    "substances.Interaction",
    "help.Helpline",
    "resources.KeyStage",
    "resources.RiskGroup",
    "substances.Family",
    "substances.PenaltyProfile",
    "search.Intent",
    "search.WordList",
)
PLAIN = (str, int, bool, float, datetime.date)
PAGES = [model for model in apps.get_models() if issubclass(model, BasePage)]


def is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(type(key) is str and is_plain(inner) for key, inner in value.items())
    return all(map(is_plain, value)) if isinstance(value, list) else type(value) in PLAIN


@pytest.mark.parametrize("model", [*PAGES, *map(apps.get_model, SNIPPETS)], ids=lambda model: model.__name__)
def test_everything_that_the_starter_loads_has_a_plain_state_of_its_own(model: type[models.Model]) -> None:
    rows = list(model._default_manager.all()[:3])
    states = [state_of(row) for row in rows]
    assert states
    assert all(is_plain(state) for state in states)
    assert len({hash_of(state) for state in states}) == len(rows)
    unwanted = {"id", "path", "depth", "latest_revision", "translation_key", "page_ptr", "last_published_at"}
    assert not any(unwanted & set(state) for state in states)


def test_the_state_of_a_substance_reads_like_its_file() -> None:
    state = state_of(SubstancePage.objects.get(slug="ketamine"))
    assert (state["title"], state["slug"]) == ("Ketamine", "ketamine")
    assert state["families"] == ["dissociatives"]
    assert state["forms"] == ["powder", "pill", "liquid"]
    assert state["names"][0] == {"name": "ketamine", "kind": "generic", "source": "GOV.UK Drugs penalties"}
    assert state["search_lists"][0]["names"] == ["green", "wonk"]
    assert state["emergency_signs"][0] == "They will not wake up, or you cannot get a clear answer."
    assert state["looks"].startswith("<p>")
    assert state["citations"][0]["section"] == "summary"
    assert state["last_reviewed"] == datetime.date(2026, 11, 24)
    assert "is_group" not in state  # a default


def test_a_document_is_its_name_and_what_is_in_it() -> None:
    pack = LessonPackPage.objects.get(slug="ketamine-and-choices")
    row = state_of(pack)["files"][0]
    document = pack.files.first().document
    assert row["file"] == {"name": "ketamine-and-choices-lesson-plan.docx", "sha1": document.file_hash}
    document.file.name = document.file.name.replace(".docx", "_aB3dE6g.docx")
    document.save()
    assert state_of(LessonPackPage.objects.get(pk=pack.pk))["files"][0] == row


def test_a_pair_has_no_order() -> None:
    record = Interaction.objects.get(first__slug="2-dpmp", second__slug="alcohol")
    before = state_of(record)
    record.first, record.second = record.second, record.first
    assert state_of(record) == before
    assert (before["first"], before["second"]) == ("2-dpmp", "alcohol")


def test_saving_without_a_change_leaves_the_state_as_it_was() -> None:
    page = SubstancePage.objects.get(slug="ketamine")
    before = hash_of(state_of(page))
    page.save_revision().publish()
    page = SubstancePage.objects.get(slug="ketamine")
    assert hash_of(state_of(page)) == before
    line = Helpline.objects.exclude(opening="").first()
    assert line is not None
    before = hash_of(state_of(line))
    line.opening = line.opening.replace("\n", "\r\n") + "\r\n"  # as a browser sends it
    assert hash_of(state_of(line)) == before


@pytest.mark.parametrize("change", ["field", "child", "order of children", "relation"])
def test_every_change_of_content_changes_the_state(change: str) -> None:
    page = SubstancePage.objects.get(slug="ketamine")
    before = hash_of(state_of(page))
    if change == "field":
        page.looks += "<p>More.</p>"
    elif change == "child":
        questions = list(page.questions.all())
        questions[0].answer += "."
        page.questions.set(questions)
    elif change == "relation":
        page.families.clear()
    else:
        names = list(page.names.all())
        for number, name in enumerate(reversed(names)):
            name.sort_order = number
        page.names.set(names)
    assert hash_of(state_of(page)) != before


def test_another_slug_can_be_given_for_a_page_that_was_renamed() -> None:
    page = SubstancePage.objects.get(slug="ketamine")
    record = Interaction.objects.about([page.pk]).first()
    assert record is not None
    before = state_of(record)
    page.slug = "ket"
    page.explain(small=True)
    page.save()
    record = Interaction.objects.get(pk=record.pk)
    assert state_of(record) != before
    assert state_of(record, {page.pk: "ketamine"}) == before
    families = {family.pk: "no page" for family in page.families.all()}
    assert state_of(page, families)["families"] == ["dissociatives"]  # ids of other things are not of pages


def test_a_field_at_its_default_is_left_out() -> None:
    stage = KeyStage(slug="x", name="X", year_from=0, year_to=1, age_min=4, age_max=5)
    assert state_of(stage) == {
        "slug": "x", "name": "X", "year_from": 0, "year_to": 1, "age_min": 4, "age_max": 5,
    }  # fmt: skip
    stage.nation = "scotland"
    assert state_of(stage)["nation"] == "scotland"


def test_the_hash_does_not_depend_on_the_order_of_fields() -> None:
    assert hash_of({"a": 1, "b": datetime.date(2026, 1, 2)}) == hash_of(
        {"b": datetime.date(2026, 1, 2), "a": 1}
    )
    with pytest.raises(TypeError, match="no plain value"):
        hash_of({"a": json})
