"""Does the starter content answer what a young person in the UK meets? And do its pages differ?"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from pathlib import Path
from statistics import median

import pytest
from django.utils.text import slugify

from prevention.core.page_index import page_index
from prevention.editorial.reading_age import flesch_kincaid_grade
from prevention.home.models import StandardPage
from prevention.substances.models import Interaction, SubstanceName, SubstancePage
from tests.prevention.home.test_starter_content import PAGES, SUBSTANCES, TEACHERS, parsed, prose

pytestmark = pytest.mark.django_db

# Every substance that a national A to Z, a charity, a survey or a police list of street names has in the UK.
with (Path(__file__).parent / "wanted.csv").open(encoding="utf-8") as opened:
    WANTED = list(csv.DictReader(opened))

# What young people, parents and teachers ask for beside drugs; the address of each.
TOPICS = {
    "/drugs/", "/drugs/mixing/", "/drugs/types-of-drugs/", "/help/", "/resources/",
    *(
        f"/{slug}/"
        for slug in (
            "addiction", "bad-trip", "brain", "chemsex", "comedown", "confidentiality", "county-lines",
            "cutting-down", "drug-checking", "drug-driving", "drug-testing", "drug-treatment",
            "drugs-and-the-law", "drugs-cut", "emergency", "exams-and-stress", "festivals", "injecting",
            "mental-health", "peer-pressure", "pregnancy", "prescription-drugs", "school-and-drugs",
            "spiking", "staying-safe", "stigma-myths", "suicidal-thoughts", "why-people-take-drugs",
            "withdrawal", "worried-about-a-child", "worried-about-a-friend", "worried-about-a-parent",
        )
    ),
}  # fmt: skip


@pytest.mark.parametrize("row", WANTED, ids=lambda row: row["slug"])
def test_every_wanted_substance_is_answered(row: dict[str, str]) -> None:
    """By a page of its own, or by a name on the page of its group, which then says which name it matched."""
    names = {row["slug"], *row["other_addresses"].split(), slugify(row["name"])}
    if SubstancePage.objects.live().filter(slug__in=names).exists():
        return
    found = {
        name.page.slug
        for name in SubstanceName.objects.filter(page__live=True).select_related("page")
        if name.is_public and slugify(name.name) in names
    }
    assert found, f"{row['name']} is on no page"


def test_every_topic_has_a_page() -> None:
    assert sorted(TOPICS - set(page_index().by_url)) == []


def test_there_is_enough_to_open_with() -> None:
    assert len(SUBSTANCES) >= 100
    assert SubstancePage.objects.live().count() == len(SUBSTANCES)
    assert len(TOPICS) >= 35
    assert Interaction.objects.count() >= 60


def test_every_topic_page_is_in_the_list_of_topics() -> None:
    unlisted = StandardPage.objects.filter(theme="about").values_list("slug", flat=True)
    assert set(unlisted) == {"about", "accessibility", "privacy"}


# Reading


def test_no_page_is_hard_to_read_and_the_middle_one_is_easy() -> None:
    grades = {
        path.stem: flesch_kincaid_grade("\n\n".join(prose(data).values()))
        for path, data in ((path, parsed(path)) for path in PAGES)
        if data["model"] != TEACHERS
    }
    assert median(grades.values()) <= 6.5
    assert {name: round(grade, 1) for name, grade in grades.items() if grade > 8} == {}


def sentences(text: str) -> set[str]:
    """The sentences of four words or more, without the marks of lists."""
    parts = (re.sub(r"^[-*#\d. ]+", "", part).strip() for part in re.split(r"(?<=[.!?])\s+|\n+", text))
    return {part for part in parts if len(part.split()) >= 4}


def test_pages_differ() -> None:
    """A page whose sentences would fit any drug is not done."""
    pages: dict[str, set[str]] = defaultdict(set)
    for path in SUBSTANCES:
        fields = prose(parsed(path))
        fields.pop("legal_statuses", None)  # one order is the law of many drugs
        for sentence in sentences("\n".join(fields.values())):
            pages[sentence].add(path.stem)
    common = {sentence for sentence, found in pages.items() if len(found) > 3}
    assert len(common) / len(pages) < 0.005, sorted(common)


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        ("ketamine", ["bladder", "pee"]),
        ("nitrous-oxide", ["b12", "nerve"]),
        ("nitazenes", ["naloxone", "more than one"]),
        ("paracetamol", ["liver"]),
        ("tramadol", ["fit"]),
        ("ghb-gbl", ["alcohol"]),
        ("pma", ["slow"]),
        ("volatile-substances", ["heart"]),
    ],
)
def test_a_page_speaks_of_what_is_special_to_its_drug(slug: str, words: list[str]) -> None:
    text = SubstancePage.objects.get(slug=slug).search_text().lower()
    assert [word for word in words if word not in text] == []


# What an administrator is told


def test_the_admin_says_how_many_pages_nobody_has_signed_off(client: object) -> None:
    from prevention.core.review import pages_to_review

    waiting = pages_to_review()
    assert sum(row.is_starter for row in waiting) == len(PAGES)
