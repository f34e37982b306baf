"""The loader: what is right is published, what is wrong is named and loads nothing, what exists is left."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import Client
from wagtail.models import Page, Site

from prevention.home import services
from prevention.home.models import HomePage, StandardPage
from prevention.home.services import (
    INTERACTIONS,
    SEARCH,
    SNIPPETS,
    STARTER,
    StarterError,
    load,
    read,
    set_site,
)
from prevention.media.models import CandourDocument
from prevention.substances.models import Family, SubstancePage
from resources.models import LessonPackPage
from tests.emptied import delete_quickly

pytestmark = pytest.mark.django_db
PAGE_FILES = sorted(STARTER.glob("*/*.yaml"))


def alter(folder: Path, old: str, new: str, name: str = "substances/examplium.yaml") -> None:
    """Replace `old`, which must be there, by `new` in one of the files."""
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")


def problems_of(folder: Path) -> list[str]:
    """What the loader says of a folder that it refuses; nothing at all may have been written."""
    before = (Page.objects.count(), Family.objects.count(), CandourDocument.objects.count())
    with pytest.raises(StarterError) as caught:
        load(folder)
    assert (Page.objects.count(), Family.objects.count(), CandourDocument.objects.count()) == before
    return caught.value.problems


def test_a_second_run_makes_nothing() -> None:
    assert load() == {"snippets": 0, "pages": 0}


def test_an_empty_site_gets_every_page_published() -> None:
    """Every test begins with what was an empty site, and `load_starter` is all that has filled it."""
    assert len(PAGE_FILES) == Page.objects.filter(depth__gt=1, live=True).count()
    for label, _ in [row for rows in (SNIPPETS | SEARCH).values() for row in rows.values()]:
        assert apps.get_model(label)._default_manager.exists(), label
    seen: list[str] = []
    load(tell=seen.append)
    assert seen[:2] == list(SNIPPETS)
    assert set(seen[2:-3]) == {path.name for path in PAGE_FILES}
    assert seen[-3:] == [INTERACTIONS, *SEARCH]
    assert load() == {"snippets": 0, "pages": 0}


def test_the_welcome_page_of_wagtail_gives_way(tmp_path: Path) -> None:
    delete_quickly(HomePage.objects.all())
    Page.get_first_root_node().add_child(instance=Page(title="Welcome", slug="home"))
    (tmp_path / "pages").mkdir()
    shutil.copy(STARTER / "pages" / "home.yaml", tmp_path / "pages")
    load(tmp_path)
    assert [page.specific_class for page in Page.get_first_root_node().get_children()] == [HomePage]


def test_what_an_editor_has_changed_stays() -> None:
    page = SubstancePage.objects.get(slug="ketamine")
    page.title = "Ketamine, edited"
    page.save_revision().publish()
    load()
    assert SubstancePage.objects.get(slug="ketamine").title == "Ketamine, edited"


def test_a_new_file_becomes_a_published_page_with_everything(folder: Path, reader: Client) -> None:
    assert load(folder) == {"snippets": 0, "pages": 2}
    page = SubstancePage.objects.get(slug="examplium")
    assert page.live
    assert [name.name for name in page.names.all()] == ["exy"]
    assert [family.slug for family in page.families.all()] == ["dissociatives"]
    assert [row.drug_class for row in page.legal_statuses.all()] == ["B"]
    assert page.emergency()["do"] == ["Call 999"]
    assert page.short_term_risks == "<p>You can fall.</p>\n"
    html = reader.get("/drugs/examplium/").content.decode()
    assert "exy" in html
    assert "You can fall." in html
    topic = StandardPage.objects.get(slug="examples")
    assert "<h2>Heading</h2>" in topic.body
    assert '<a href="https://www.nhs.uk/">a link</a>' in topic.body


def test_the_content_stamp_rises_so_that_kept_pages_are_dropped(folder: Path, reader: Client) -> None:
    assert "Examplium" not in reader.get("/drugs/").content.decode()
    load(folder)
    assert "Examplium" in reader.get("/drugs/").content.decode()


# What is wrong is named: file, line, field


def test_what_is_not_yaml_is_named_with_its_line(folder: Path) -> None:
    alter(folder, "title: Examplium", 'title: "Examplium')
    (problem,) = problems_of(folder)
    assert problem.startswith("examplium.yaml, line ")
    assert "not valid YAML" in problem


def test_a_date_that_no_calendar_has_is_named(folder: Path) -> None:
    alter(folder, "last_reviewed: 2026-11-24", "last_reviewed: 2026-11-31")
    (problem,) = problems_of(folder)
    assert problem.startswith("examplium.yaml, line ")
    assert "not valid YAML" in problem


@pytest.mark.parametrize(
    ("old", "new", "start", "words"),
    [
        (
            "title: Examplium\n",
            "title: Examplium\ncolour: red\n",
            "examplium.yaml, line 4, colour:",
            "no field",
        ),
        (
            "families: [dissociatives]",
            "families: [wizards]",
            "examplium.yaml, line 7, families:",
            "called wizards",
        ),
        ("{name: exy,", "{nmae: exy,", "examplium.yaml, line 6, names.1:", "no field of this name"),
        ("2027-11-24", "2025-11-24", "examplium.yaml, line ", "next review must come after"),
        (
            "model: substances.SubstancePage",
            "model: substances.Fish",
            "examplium.yaml, line 1, model:",
            "give one of",
        ),
        (
            'emergency_signs: ["They do not wake up"]',
            "emergency_signs: []",
            "examplium.yaml, line 8, emergency_signs:",
            "frightened reader",
        ),
        (
            'emergency_do: ["Call 999"]\n',
            "",
            "examplium.yaml, line 1, emergency_do:",
            "frightened reader",
        ),
        (
            "short_term_risks: [nhs]",
            "looks: [nhs]",
            "examplium.yaml, line 10, short_term_risks:",
            "Add a source for the section 'Risks now'",
        ),
        ("kind: street", "kind: nonsense", "examplium.yaml, line 6, names.1:", "not a valid choice"),
        ("name: exy", f"name: {'x' * 81}", "examplium.yaml, line 6, names.1:", "at most 80"),
        ("  - {name: exy", "  - exy\n  - {name: exy", "examplium.yaml, line 6, names.1:", "named fields"),
        ("regime: mda", "regime: psa", "examplium.yaml, line 13, legal_statuses.1:", "Leave it empty"),
        ("accessed: 2026-11-24", "accessed: soon", "examplium.yaml, line 23, sources.nhs:", "invalid date"),
        ("[nhs]", "[nsh]", "examplium.yaml, line 25, citations.short_term_risks:", "no source called nsh"),
        (
            "{title: A, publisher: NHS",
            "{titel: A, publisher: NHS",
            "examplium.yaml, line 23, sources.nhs:",
            "no field",
        ),
        (
            "last_reviewed: 2026-11-24",
            "last_reviewed: soon",
            "examplium.yaml, line 26, last_reviewed:",
            "invalid date",
        ),
        ("slug: examplium", "slug: Bad Slug!", "examplium.yaml, line 2, slug:", "valid"),
        ("slug: examplium\n", "", "examplium.yaml, line 1, slug:", "blank"),
        (
            "short_term_risks: [nhs]",
            "no_such: [nhs]",
            "examplium.yaml, line ",
            "No section is called no_such",
        ),
    ],
)
def test_a_mistake_is_named_with_file_line_and_field(
    folder: Path, old: str, new: str, start: str, words: str
) -> None:
    alter(folder, old, new)
    problems = problems_of(folder)
    assert any(problem.startswith(start) and words in problem for problem in problems), problems
    assert not StandardPage.objects.filter(slug="examples").exists()


def test_a_title_that_is_missing_is_named(folder: Path) -> None:
    alter(folder, "title: Examples\n", "", "pages/examples.yaml")
    assert any(problem.startswith("examples.yaml, line 1, title:") for problem in problems_of(folder))


def test_a_name_that_stands_twice_is_named(folder: Path) -> None:
    row = '  - {name: exy, kind: street, source: "The tests"}\n'
    alter(folder, row, row + row)
    (problem,) = problems_of(folder)
    assert problem.startswith("examplium.yaml, line 5, names:")
    assert "twice" in problem


def test_a_file_that_is_not_text_is_named(folder: Path) -> None:
    (folder / "pages/examples.yaml").write_bytes(b"model: \xff\xfe")
    (problem,) = problems_of(folder)
    assert problem.startswith("examples.yaml, line 1:")


@pytest.mark.parametrize(
    ("name", "text"),
    [("vocabularies.yaml", "- one\n"), ("vocabularies.yaml", "key_stages: 5\n"),
     ("helplines.yaml", "- one\n"), ("helplines.yaml", ""), ("intents.yaml", "a: b\n")],
)  # fmt: skip
def test_a_snippet_file_that_is_no_list_of_rows_is_named(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")
    (problem,) = problems_of(folder)
    assert problem.startswith(f"{name}, line 1, ")
    assert "list of rows" in problem


def test_a_summary_that_is_too_long_is_named(folder: Path) -> None:
    alter(folder, "An invented topic", "An invented topic " * 20, "pages/examples.yaml")
    (problem,) = problems_of(folder)
    assert problem.startswith("examples.yaml, line 4, summary:")


def test_a_file_with_a_list_in_place_of_fields_is_refused(folder: Path) -> None:
    (folder / "pages/examples.yaml").write_text("- one\n- two\n", encoding="utf-8")
    (problem,) = problems_of(folder)
    assert problem.startswith("examples.yaml, line 1, model: give one of home.HomePage")


def test_every_mistake_of_every_file_is_told_at_once(folder: Path) -> None:
    alter(folder, "families: [dissociatives]", "families: [wizards]")
    alter(folder, "title: Examples\n", "title: Examples\ncolour: red\n", "pages/examples.yaml")
    problems = problems_of(folder)
    assert {problem.split(",")[0] for problem in problems} == {"examplium.yaml", "examples.yaml"}


def pack(**changes: Any) -> str:
    rows = {
        "model": "resources.LessonPackPage",
        "slug": "example-pack",
        "title": "Example pack",
        "summary": "An invented pack.",
        "overview": "Some words.",
        "key_stages": "[ks3]",
        "age_min": 11,
        "age_max": 14,
        "prevention_level": "universal",
        "duration_minutes": 50,
        "setting": "classroom",
        "approach": "skills",
        "files": '[{file: files/plan.docx, kind: lesson_plan, title: "Plan"}]',
        **changes,
    }
    return "".join(f"{key}: {value}\n" for key, value in rows.items())


def put_pack(folder: Path, file: bytes | None, **changes: Any) -> None:
    (folder / "packs").mkdir()
    (folder / "files").mkdir()
    (folder / "packs/example.yaml").write_text(pack(**changes), encoding="utf-8")
    if file is not None:
        (folder / "files/plan.docx").write_bytes(file)


def test_a_pack_comes_with_its_files(folder: Path, reader: Client) -> None:
    put_pack(folder, next((STARTER / "packs/files").glob("*.docx")).read_bytes())
    load(folder)
    (row,) = LessonPackPage.objects.get(slug="example-pack").files.all()
    assert (row.title, row.kind, row.extension) == ("Plan", "lesson_plan", "docx")
    assert row.document.file_hash
    assert reader.get("/resources/example-pack/download/").status_code == 200


def test_a_pack_file_that_is_not_there_is_named(folder: Path) -> None:
    put_pack(folder, None)
    problems = problems_of(folder)
    assert any(problem.startswith("example.yaml, line 13, files.1:") for problem in problems), problems


def test_a_pack_file_that_is_not_what_its_name_says_is_named(folder: Path) -> None:
    put_pack(folder, b"<html>not a document</html>")
    problems = problems_of(folder)
    assert any(
        "example.yaml, line 13, files.1:" in problem and "not a docx" in problem for problem in problems
    )


def test_a_pack_against_its_own_rules_is_named(folder: Path) -> None:
    put_pack(folder, next((STARTER / "packs/files").glob("*.docx")).read_bytes(), age_max=9)
    (problem,) = problems_of(folder)
    assert problem.startswith("example.yaml, line 8, age_max:")


def test_a_snippet_with_a_mistake_is_named_and_the_pages_wait(folder: Path) -> None:
    (folder / "helplines.yaml").write_text(
        '- {code: example, name: "Example", kind: nonsense}\n', encoding="utf-8"
    )
    problems = problems_of(folder)
    assert all("helplines.yaml, line 1" in problem for problem in problems)
    assert any("kind" in problem for problem in problems)
    assert any("verified_on" in problem for problem in problems)


def test_the_line_of_a_key_is_known(folder: Path) -> None:
    source = read(folder / "substances/examplium.yaml")
    assert source.lines["model"] == 1
    assert source.problem("title", "words") == "examplium.yaml, line 3, title: words"
    assert source.problem("not there", "words") == "examplium.yaml, line 1, not there: words"


# The command


def test_the_command_says_what_it_made() -> None:
    out = io.StringIO()
    call_command("load_starter", stdout=out)
    assert "0 pages and 0 snippets were new" in out.getvalue()
    assert "ketamine.yaml" in out.getvalue()


def test_the_command_lists_the_mistakes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alter(folder, "families: [dissociatives]", "families: [wizards]")

    def from_there(*, tell: Any) -> dict[str, int]:
        return load(folder, tell=tell)

    monkeypatch.setattr("prevention.home.management.commands.load_starter.load", from_there)
    with pytest.raises(CommandError, match=r"Nothing was loaded[\s\S]*examplium.yaml, line 7, families"):
        call_command("load_starter", stdout=io.StringIO())


# The site


def test_a_site_is_made_when_there_is_none() -> None:
    Site.objects.all().delete()
    set_site()
    site = Site.objects.get()
    assert site.is_default_site
    assert site.root_page.specific == HomePage.objects.get()


def test_a_site_that_shows_no_page_of_ours_gets_the_home_page() -> None:
    plain = Page.get_first_root_node().add_child(instance=Page(title="Welcome", slug="welcome"))
    Site.objects.update(root_page=plain, site_name="")
    set_site()
    site = Site.objects.get()
    assert site.root_page.specific == HomePage.objects.get()
    assert site.site_name == "Candour"


def test_a_site_that_an_editor_has_set_stays() -> None:
    topic = StandardPage.objects.first()
    Site.objects.update(root_page=topic)
    set_site()
    assert Site.objects.get().root_page_id == topic.pk


def test_without_a_home_page_no_site_is_made() -> None:
    delete_quickly(HomePage.objects.all())
    Site.objects.all().delete()
    set_site()
    assert not Site.objects.exists()


def test_the_parent_of_a_page_is_the_one_that_its_type_names() -> None:
    assert services._parent(SubstancePage).slug == "drugs"
