"""The lists of facts outside pages can be searched and sorted out, and cost few queries."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.snippets.models import get_snippet_models

from prevention.substances.models import Interaction
from prevention.users.models import User

pytestmark = pytest.mark.django_db
OURS = [model for model in get_snippet_models() if model.__module__.startswith(("prevention", "res", "sea"))]
HOSTILE = ["' OR 1=1 --", "\x00", "%", "<script>", "x" * 3000]


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("robin", "robin@candour.example", None))
    return client


def address(model: type[Model], view: str = "list") -> str:
    return reverse(f"wagtailsnippets_{model._meta.app_label}_{model._meta.model_name}:{view}")


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_it_can_be_listed_and_searched_with_anything(staff: Client, model: type[Model]) -> None:
    assert staff.get(address(model)).status_code == 200
    for text in HOSTILE:
        assert staff.get(address(model), {"q": text}).status_code == 200


def test_ten_kinds_of_facts_stand_outside_pages() -> None:
    assert len(OURS) == 10


@pytest.mark.parametrize("name", ["Ketamine", "Alcohol"])
def test_mixing_records_are_found_by_either_name(staff: Client, name: str) -> None:
    html = staff.get(address(Interaction), {"q": name}).content.decode()
    rows = [str(record) for record in Interaction.objects.all() if name in str(record).split(" and ")]
    assert rows
    for row in rows[:20]:
        assert row in html


def test_mixing_records_are_sorted_out_by_level(staff: Client) -> None:
    html = staff.get(address(Interaction), {"level": "danger"}).content.decode()
    shown = Interaction.objects.filter(level="danger").count()
    assert 0 < shown < Interaction.objects.count()
    assert f"of {shown}" in html or f"{shown} " in html


def test_a_list_costs_no_query_for_each_row(staff: Client) -> None:
    staff.get(address(Interaction))
    with CaptureQueriesContext(connection) as captured:
        staff.get(address(Interaction))
    assert len(captured) < 40
