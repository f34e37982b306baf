"""The starter content itself: plain words, no claims of safety, no doses, a source for everything."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import pytest

from prevention.editorial.reading_age import flesch_kincaid_grade
from prevention.editorial.wording import find_wording
from prevention.help.models import Helpline
from prevention.home.starter_loader import STARTER
from prevention.home.starter_loader.files import read, read_page
from prevention.substances.models import SubstancePage
from prevention.substances.sections import EMERGENCY_FIELDS, QUICK_FACTS, SECTIONS

PAGES = sorted(STARTER.glob("*/*.md"))
SUBSTANCES = sorted(STARTER.glob("substances/*.md"))
TEACHERS = "resources.LessonPackPage"

# Fields that no reader sees as text, and those that hold names of laws, sources and people's own names.
NOT_PROSE = frozenset(
    {
        "model", "slug", "families", "names", "sources", "citations", "reviewer_role", "change_note",
        "legal_statuses", "key_stages", "risk_groups", "topics", "files", "licence", "curriculum",
        "prevention_level", "setting", "approach", "groups", "flags", "forms", "theme", "related",
        "search_keywords", "search_lists", "audience",
    }
)  # fmt: skip
# The same in rows of a list.
NOT_PROSE_IN_ROWS = frozenset(
    {
        "url", "source_title", "source_url", "source_publisher", "source", "code", "phrases", "words", "page",
        "name", "slug", "route", "first", "second", "level", "reliability",
    }
)  # fmt: skip
LAW_WORDS = ("plain_words", "under_18_words", "exemptions")
# An antidote, not a drug that people take for what it does.
NOT_TAKEN = {"naloxone"}
# Sections that a page may lack: what could not be verified is left out.
MAY_LACK = {"comedown", "long_term_risks", "under_18s", "cut_with"}
FEWEST_FACTS = 4


@functools.cache
def parsed(path: Path) -> Any:
    """What a file holds. Nobody changes it: the tests share it."""
    return (read_page if path.suffix == ".md" else read)(path).data


# The end of a line inside a paragraph or a row of a list, where a reader sees a space.
WRAPPED = re.compile(r"(?<=\S)\n *(?!- |\d+\. |#)(?=\S)")


def texts(value: Any) -> Iterator[str]:
    """Every text inside a value of a file, a paragraph on one line, without names and addresses."""
    if isinstance(value, str):
        yield WRAPPED.sub(" ", value)
    elif isinstance(value, list):
        for row in value:
            yield from texts(row)
    elif isinstance(value, dict):
        for key, row in value.items():
            if key not in NOT_PROSE_IN_ROWS:
                yield from texts(row)


def prose(data: dict[str, Any]) -> dict[str, str]:
    """{field: text} of everything on one page that a reader reads."""
    rows = {name: "\n\n".join(texts(value)) for name, value in data.items() if name not in NOT_PROSE}
    law = [row.get(name, "") for row in data.get("legal_statuses", []) for name in LAW_WORDS]
    return {name: text for name, text in {**rows, "legal_statuses": "\n\n".join(law)}.items() if text.strip()}


def snippets() -> dict[str, str]:
    """The reader-facing text of the files that hold no pages."""
    return {path.name: "\n\n".join(texts(parsed(path))) for path in sorted(STARTER.glob("*.yaml"))}


def everything() -> dict[str, dict[str, str]]:
    """{file: {field: text}} of all starter content."""
    pages = {path.name: prose(parsed(path)) for path in PAGES}
    return {**pages, **{name: {"": text} for name, text in snippets().items()}}


ALL = everything()
each_file = pytest.mark.parametrize("name", ALL)


# Words


def test_there_is_something_to_read() -> None:
    assert len(PAGES) >= 17
    assert sum(len(fields) for fields in ALL.values()) > 100


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_is_for_readers_of_eleven(path: Path) -> None:
    data = parsed(path)
    # Teachers and the people who run the service are grown up; the limit for them is that of plain English.
    hardest = 10.0 if data["model"] == TEACHERS else 8.0
    grades = {
        name: flesch_kincaid_grade(text) for name, text in prose(data).items() if len(text.split()) > 20
    }
    too_hard = {name: round(grade, 1) for name, grade in grades.items() if grade > hardest}
    assert not too_hard


def test_the_middle_page_is_for_readers_of_ten() -> None:
    grades = [
        flesch_kincaid_grade("\n\n".join(prose(data).values()))
        for data in map(parsed, PAGES)
        if data["model"] != TEACHERS
    ]
    assert median(grades) <= 6.5


@each_file
def test_no_word_of_stigma_fear_safety_or_dose(name: str) -> None:
    found = {field: [finding.word for finding in find_wording(text)] for field, text in ALL[name].items()}
    assert {field: words for field, words in found.items() if words} == {}


AMOUNT = re.compile(
    r"\b\d+(?:[.,]\d+)?\s?(?:mg|mcg|µg|g|ml|l|grams?|milligrams?|tablets?|pills?|tabs?|lines?|bumps?|bombs?)\b",
    re.I,
)


@each_file
def test_no_amount_of_a_drug(name: str) -> None:
    assert AMOUNT.findall("\n".join(ALL[name].values())) == []


def test_the_pattern_for_amounts_finds_them() -> None:
    assert AMOUNT.search("take 50 mg")
    assert AMOUNT.search("about 0.5g of it")
    assert AMOUNT.search("2 pills")
    assert not AMOUNT.search("up to 5 years, on 116 123, at 14, for 15 minutes")


@each_file
def test_no_markdown_beyond_what_is_rendered(name: str) -> None:
    text = "\n\n".join(ALL[name].values())
    assert not re.search(r"<[a-z/!]", text), "HTML"
    assert not re.search(r"!\[|^\s*\||^```|^> ", text, re.M), "pictures, tables, code and quotes"
    assert not [
        url for url in re.findall(r"\]\(([^)]*)\)", text) if not url.startswith(("https://", "tel:", "/"))
    ]


PLAIN = ("summary", *(name for name, _ in QUICK_FACTS), *EMERGENCY_FIELDS, "staying_safer", "routes")


@pytest.mark.parametrize("path", SUBSTANCES, ids=lambda path: path.stem)
def test_a_field_of_plain_text_holds_no_markdown(path: Path) -> None:
    data = parsed(path)
    shown = "\n".join(text for name in PLAIN for text in texts(data.get(name)))
    assert re.findall(r"\]\(|\*\*|^#", shown, re.M) == []


# Sources


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_sources_are_whole_and_used(path: Path) -> None:
    data = parsed(path)
    sources = data.get("sources", {})
    for row in sources.values():
        parts = urlsplit(row["url"])
        assert parts.scheme in {"http", "https"}
        assert "." in parts.netloc
        assert row["title"].strip()
        assert row["publisher"].strip()
        assert row["accessed"]
    assert len({row["url"] for row in sources.values()}) == len(sources), "one address, one source"
    used = [key for keys in data.get("citations", {}).values() for key in keys]
    assert set(used) == set(sources)
    assert all(len(set(keys)) == len(keys) for keys in data.get("citations", {}).values())


@pytest.mark.parametrize("path", SUBSTANCES, ids=lambda path: path.stem)
def test_every_section_with_text_has_a_source(path: Path) -> None:
    data = parsed(path)
    cited = set(data["citations"])
    assert cited & {"quick", *(name for name, _ in QUICK_FACTS)} or data["slug"] in NOT_TAKEN
    assert cited & {"emergency", *EMERGENCY_FIELDS}
    fields = [section.field for section in SECTIONS] + ["routes"]
    assert [name for name in fields if data.get(name) and name not in cited] == []


@pytest.mark.parametrize("path", SUBSTANCES, ids=lambda path: path.stem)
def test_a_substance_page_is_complete(path: Path) -> None:
    data = parsed(path)
    assert any("999" in step for step in data["emergency_do"])
    assert data["legal_statuses"]
    assert data.get("families") or data["slug"] in NO_FAMILY
    if data["slug"] in NOT_TAKEN:
        return
    needed = {section.field for section in SECTIONS} - MAY_LACK - {"taking"}
    needed |= {"names", "questions", "routes", "forms", *EMERGENCY_FIELDS}
    assert sorted(name for name in needed if not data.get(name)) == []
    assert sum(bool(data.get(name)) for name, _ in QUICK_FACTS) >= FEWEST_FACTS
    assert data["staying_safer"][0].startswith("Not "), "the first tip is not to use it"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_nothing_claims_to_be_reviewed(path: Path) -> None:
    data = parsed(path)
    assert not data.get("reviewer_role")
    assert 0 < len(data["summary"]) <= 200


@pytest.mark.parametrize("path", SUBSTANCES, ids=lambda path: path.stem)
def test_every_name_has_somebody_who_says_so(path: Path) -> None:
    data = parsed(path)
    rows = [*data["names"], *data.get("search_lists", ())]
    assert all(row["source"].strip() for row in rows)
    names = [row["name"] for row in data["names"]]
    names += [name for row in data.get("search_lists", ()) for name in row["names"]]
    assert len({name.lower() for name in names}) == len(names)


# What the database got


@pytest.mark.slow
@pytest.mark.django_db
def test_every_row_of_every_page_is_valid() -> None:
    for page in SubstancePage.objects.all():
        page.full_clean()
        for relation in ("names", "search_lists", "routes", "legal_statuses", "questions", "citations"):
            for row in getattr(page, relation).all():
                row.full_clean()


# None of the seven groups of the Drugs Wheel fits these, or all of them do.
NO_FAMILY = {
    "anabolic-steroids", "datura", "fly-agaric", "image-and-performance-enhancing-drugs", "melanotan",
    "naloxone", "new-psychoactive-substances", "paracetamol", "poppers", "testosterone", "viagra",
}  # fmt: skip
# Pages of which no law could be verified: the report "Needs attention" lists them.
NO_LAW = {
    "baclofen",
    "betel-nut",
    "datura",
    "diphenhydramine",
    "fly-agaric",
    "loperamide",
    "phenibut",
    "quetiapine",
}


@pytest.mark.django_db
def test_every_page_tells_the_law_of_today_where_it_could_be_verified() -> None:
    without = {page.slug for page in SubstancePage.objects.all() if not page.law_today()}
    assert without == NO_LAW


@pytest.mark.django_db
def test_one_substance_has_one_class_at_a_time() -> None:
    """Groups and pairs of drugs came under the law by several orders that all hold; one drug did not."""
    for page in SubstancePage.objects.filter(is_group=False).exclude(slug="ghb-gbl"):
        classes = {row.drug_class for row in page.law_today() if row.regime == "mda"}
        assert len(classes) <= 1, page.title


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["999", "frank", "childline", "samaritans", "nhs-111"])
def test_the_helplines_that_everyone_needs_are_there(code: str) -> None:
    assert Helpline.objects.filter(code=code).exists()


@pytest.mark.django_db
def test_a_number_is_dialled_as_it_is_read() -> None:
    for helpline in Helpline.objects.all():
        assert re.sub(r"\D", "", helpline.phone) == helpline.tel.replace("+44", "0"), helpline.name
        assert helpline.phone or helpline.url or helpline.text_number, helpline.name
        assert not helpline.url or helpline.url.startswith("https://")


@pytest.mark.django_db
def test_the_numbers_in_the_text_are_those_of_the_helplines() -> None:
    known = {re.sub(r"\D", "", line.phone) for line in Helpline.objects.all()}
    known |= {re.sub(r"\D", "", line.text_number) for line in Helpline.objects.all()}
    number = re.compile(r"(?<!\d)(?:0\d{3} \d{3} \d{4}|0\d{3} \d{4}|116 \d{3})(?!\d)")
    found = {
        (name, text)
        for name, fields in ALL.items()
        for whole in fields.values()
        for text in number.findall(whole)
    }
    assert found
    assert {row for row in found if row[1].replace(" ", "") not in known} == set()
