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

from prevention.home.models import HomePage, StandardPage, StarterEntry
from prevention.home.starter_loader import (
    INTERACTIONS,
    SEARCH,
    SNIPPETS,
    STARTER,
    Report,
    StarterError,
    load,
    set_site,
)
from prevention.home.starter_loader.files import read_page
from prevention.home.starter_loader.pages import parent_of
from prevention.media.models import CandourDocument
from prevention.substances.models import Family, SubstancePage
from resources.models import LessonPackPage
from tests.emptied import delete_quickly

pytestmark = pytest.mark.django_db
PAGE_FILES = sorted(STARTER.glob("*/*.md"))
NAMES = "substances/examplium.names.yaml"
SOURCES = "substances/examplium.sources.yaml"


def alter(folder: Path, old: str, new: str, name: str = "substances/examplium.md") -> None:
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


def made(report: Report) -> tuple[int, int]:
    """How many pages and snippets were new."""
    return report.pages, report.snippets


def test_a_second_run_makes_nothing() -> None:
    assert load() == Report()


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
    assert load() == Report()


def test_the_welcome_page_of_wagtail_gives_way(tmp_path: Path) -> None:
    StarterEntry.objects.all().delete()
    delete_quickly(HomePage.objects.all())
    Page.get_first_root_node().add_child(instance=Page(title="Welcome", slug="home"))
    (tmp_path / "pages").mkdir()
    shutil.copy(STARTER / "pages" / "home.md", tmp_path / "pages")
    load(tmp_path)
    assert [page.specific_class for page in Page.get_first_root_node().get_children()] == [HomePage]


def test_what_an_editor_has_changed_stays() -> None:
    page = SubstancePage.objects.get(slug="ketamine")
    page.title = "Ketamine, edited"
    page.explain(small=True)
    page.save_revision().publish()
    load()
    assert SubstancePage.objects.get(slug="ketamine").title == "Ketamine, edited"


def test_a_new_file_becomes_a_published_page_with_everything(folder: Path, reader: Client) -> None:
    assert made(load(folder)) == (2, 0)
    page = SubstancePage.objects.get(slug="examplium")
    assert page.live
    assert [name.name for name in page.names.all()] == ["exy"]
    assert [family.slug for family in page.families.all()] == ["dissociatives"]
    assert [row.drug_class for row in page.legal_statuses.all()] == ["B"]
    assert page.emergency()["do"] == ["Call 999"]
    assert page.short_term_risks == "<p>You can fall. This goes on in a second line.</p>\n"
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
    assert problem.startswith("examplium.md, line ")
    assert "not valid YAML" in problem


def test_a_date_that_no_calendar_has_is_named(folder: Path) -> None:
    alter(folder, "last_reviewed: 2026-11-24", "last_reviewed: 2026-11-31")
    (problem,) = problems_of(folder)
    assert problem.startswith("examplium.md, line ")
    assert "not valid YAML" in problem


@pytest.mark.parametrize(
    ("name", "old", "new", "start", "words"),
    [
        ("", "title: Examplium\n", "title: Examplium\ncolour: red\n", "md, line 5, colour:", "no field"),
        ("", "[dissociatives]", "[wizards]", "md, line 6, families:", "called wizards"),
        ("", "2027-11-24", "2025-11-24", "md, line 20, next_review:", "next review must come after"),
        ("", "substances.SubstancePage", "substances.Fish", "md, line 2, model:", "give one of"),
        ("", '["They do not wake up"]', "[]", "md, line 7, emergency_signs:", "frightened reader"),
        ("", 'emergency_do: ["Call 999"]\n', "", "md, line 1, emergency_do:", "frightened reader"),
        ("", "regime: mda", "regime: psa", "md, line 10, legal_statuses.1:", "Leave it empty"),
        (
            "",
            "last_reviewed: 2026-11-24",
            "last_reviewed: soon",
            "md, line 19, last_reviewed:",
            "invalid date",
        ),
        ("", "slug: examplium", "slug: Bad Slug!", "md, line 3, slug:", "valid"),
        ("", "slug: examplium\n", "", "md, line 1, slug:", "blank"),
        ("", "slug: examplium\n", "slug: examplium\nslug: examplium\n", "md, line 4, slug:", "twice"),
        ("", "slug: examplium\n", "slug: examplium\nplace: first\n", "md, line 4, place:", "whole number"),
        ("", "You can fall.", "word " * 10_001, "md, line 23, short_term_risks:", "too long"),
        (NAMES, "{name: exy,", "{nmae: exy,", "names.yaml, line 2, names.1:", "no field of this name"),
        (NAMES, "kind: street", "kind: nonsense", "names.yaml, line 2, names.1:", "not a valid choice"),
        (NAMES, "name: exy", f"name: {'x' * 81}", "names.yaml, line 2, names.1:", "at most 80"),
        (NAMES, "  - {name: exy", "  - exy\n  - {name: exy", "names.yaml, line 2, names.1:", "named fields"),
        (
            SOURCES,
            "accessed: 2026-11-24",
            "accessed: soon",
            "sources.yaml, line 2, sources.nhs:",
            "invalid date",
        ),
        (SOURCES, "[nhs]", "[nsh]", "sources.yaml, line 4, citations.short_term_risks:", "source called nsh"),
        (SOURCES, "{title: A", "{titel: A", "sources.yaml, line 2, sources.nhs:", "no field"),
        (SOURCES, "short_term_risks: [nhs]", "no_such: [nhs]", "sources.yaml, line 3, citations:", "no_such"),
        (SOURCES, "short_term_risks: [nhs]", "looks: [nhs]", "md, line 23, short_term_risks:", "'Risks now'"),
        (SOURCES, "sources:\n", "sources:\n  nhs: {}\n", "sources.yaml, line 3, sources.nhs:", "twice"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_field(
    folder: Path, name: str, old: str, new: str, start: str, words: str
) -> None:
    alter(folder, old, new, name or "substances/examplium.md")
    problems = problems_of(folder)
    assert any(row.startswith(f"examplium.{start}") and words in row for row in problems), problems
    assert not StandardPage.objects.filter(slug="examples").exists()


# How a page's files are built

HEADINGS = "use one of these headings: What it looks like, How people take it, "


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("# Risks now", "# Risks then", f"examplium.md, line 23, Risks then: {HEADINGS}"),
        ("# Risks now", "# risks now", f"examplium.md, line 23, risks now: {HEADINGS}"),
        (
            "in a second line.\n",
            "in a second line.\n\n# Risks now\n\nMore.\n",
            "examplium.md, line 28, Risks now: this heading stands here twice.",
        ),
        ("# Risks now\n\n", "", "examplium.md, line 23: this text stands under no heading of level one"),
        ("---\nmodel", "model", "examplium.md, line 1: begin with the facts of the page, as YAML between"),
        ("---\n\n# Risks", "\n# Risks", "examplium.md, line 1: begin with the facts of the page"),
        ("title: Exa", "looks: x\ntitle: Exa", "examplium.md, line 4, looks: this belongs in the text"),
        ("title: E", "names: []\ntitle: E", "examplium.md, line 4, names: this belongs in"),
    ],
)  # fmt: skip
def test_a_page_that_is_built_wrongly_is_named_with_file_and_line(
    folder: Path, old: str, new: str, problem: str
) -> None:
    alter(folder, old, new)
    problems = problems_of(folder)
    assert any(row.startswith(problem) for row in problems), problems


def test_a_page_without_texts_of_its_own_takes_none(folder: Path) -> None:
    text = "---\nmodel: home.TopicIndexPage\nslug: more-topics\n---\n\n# Body\n\nWords.\n"
    (folder / "pages/more.md").write_text(text, encoding="utf-8")
    assert problems_of(folder) == ["more.md, line 6, Body: a page of its type has no text."]


def test_what_belongs_in_another_file_of_the_page_is_named(folder: Path) -> None:
    alter(folder, "names:\n", "title: x\nnames:\n", NAMES)
    alter(folder, "sources:\n", "names: []\nsources:\n", SOURCES)
    assert problems_of(folder) == [
        "examplium.names.yaml, line 1, title: this belongs in examplium.md.",
        "examplium.sources.yaml, line 1, names: this belongs in examplium.names.yaml.",
    ]


@pytest.mark.parametrize("name", ["substances/other.names.yaml", "pages/old.yaml", "pages/examples.law.yaml"])
def test_a_file_beside_no_page_is_named(folder: Path, name: str) -> None:
    (folder / name).write_text("names: []\n", encoding="utf-8")
    (problem,) = problems_of(folder)
    assert problem.startswith(f"{Path(name).name}, line 1: no page stands beside this file")


def test_a_file_beside_a_page_that_is_no_named_fields_is_refused(folder: Path) -> None:
    (folder / NAMES).write_text("- one\n", encoding="utf-8")
    assert problems_of(folder) == ["examplium.names.yaml, line 1, names: give named fields."]


def test_the_mistakes_in_the_build_of_all_files_are_told_at_once(folder: Path) -> None:
    alter(folder, "# Risks now", "# Risks then")
    alter(folder, "# Body", "# Text", "pages/examples.md")
    alter(folder, "names:", "names: [", NAMES)
    starts = [problem.split(":")[0] for problem in problems_of(folder)]
    assert starts == ["examples.md, line 8, Text", "examplium.names.yaml, line 2"]


def test_html_that_was_kept_is_cleaned_and_taken_as_it_is(folder: Path) -> None:
    kept = "```html\n<p>You <strong>can</strong>fall.<script>x</script></p>\n```"
    alter(folder, "You can fall. This goes on\nin a second line.", kept)
    load(folder)
    page = SubstancePage.objects.get(slug="examplium")
    assert page.short_term_risks == "<p>You <strong>can</strong>fall.</p>"


def test_a_section_may_be_cited_again_after_another_one(folder: Path) -> None:
    alter(
        folder,
        "  short_term_risks: [nhs]\n  mixing: [nhs]\n",
        "  - short_term_risks: [nhs]\n  - mixing: [nhs]\n  - short_term_risks: [nhs]\n",
        SOURCES,
    )
    load(folder)
    cited = [row.section for row in SubstancePage.objects.get(slug="examplium").citations.all()]
    assert cited == ["short_term_risks", "mixing", "short_term_risks"]


def test_a_title_that_is_missing_is_named(folder: Path) -> None:
    alter(folder, "title: Examples\n", "", "pages/examples.md")
    assert any(problem.startswith("examples.md, line 1, title:") for problem in problems_of(folder))


def test_a_name_that_stands_twice_is_named(folder: Path) -> None:
    row = '  - {name: exy, kind: street, source: "The tests"}\n'
    alter(folder, row, row + row, NAMES)
    (problem,) = problems_of(folder)
    assert problem.startswith("examplium.names.yaml, line 1, names:")
    assert "twice" in problem


def test_a_file_that_is_not_text_is_named(folder: Path) -> None:
    (folder / "pages/examples.md").write_bytes(b"---\nmodel: \xff\xfe")
    (problem,) = problems_of(folder)
    assert problem.startswith("examples.md, line 2: this is not text in UTF-8")


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
    alter(folder, "An invented topic", "An invented topic " * 20, "pages/examples.md")
    (problem,) = problems_of(folder)
    assert problem.startswith("examples.md, line 5, summary:")


def test_a_file_with_a_list_in_place_of_fields_is_refused(folder: Path) -> None:
    (folder / "pages/examples.md").write_text("---\n- one\n- two\n---\n", encoding="utf-8")
    (problem,) = problems_of(folder)
    assert problem.startswith("examples.md, line 1, model: give one of home.HomePage")


def test_every_mistake_of_every_file_is_told_at_once(folder: Path) -> None:
    alter(folder, "families: [dissociatives]", "families: [wizards]")
    alter(folder, "title: Examples\n", "title: Examples\ncolour: red\n", "pages/examples.md")
    problems = problems_of(folder)
    assert {problem.split(",")[0] for problem in problems} == {"examplium.md", "examples.md"}


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
    overview = rows.pop("overview")
    facts = "".join(f"{key}: {value}\n" for key, value in rows.items())
    return f"---\n{facts}---\n\n# Overview\n\n{overview}\n"


def put_pack(folder: Path, file: bytes | None, **changes: Any) -> None:
    (folder / "packs").mkdir()
    (folder / "files").mkdir()
    (folder / "packs/example.md").write_text(pack(**changes), encoding="utf-8")
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
    assert any(problem.startswith("example.md, line 13, files.1:") for problem in problems), problems


@pytest.mark.parametrize("files", ["5", "[plan.docx]", "[{kind: lesson_plan}]"])
def test_a_list_of_files_that_is_none_is_named(folder: Path, files: str) -> None:
    put_pack(folder, None, files=files)
    assert any(problem.startswith("example.md, line 13, files") for problem in problems_of(folder))


def test_a_pack_file_that_is_not_what_its_name_says_is_named(folder: Path) -> None:
    put_pack(folder, b"<html>not a document</html>")
    problems = problems_of(folder)
    assert any("example.md, line 13, files.1:" in problem and "not a docx" in problem for problem in problems)


def test_a_pack_against_its_own_rules_is_named(folder: Path) -> None:
    put_pack(folder, next((STARTER / "packs/files").glob("*.docx")).read_bytes(), age_max=9)
    (problem,) = problems_of(folder)
    assert problem.startswith("example.md, line 8, age_max:")


def test_a_snippet_with_a_mistake_is_named_and_the_pages_wait(folder: Path) -> None:
    (folder / "helplines.yaml").write_text(
        '- {code: example, name: "Example", kind: nonsense}\n', encoding="utf-8"
    )
    problems = problems_of(folder)
    assert all("helplines.yaml, line 1" in problem for problem in problems)
    assert any("kind" in problem for problem in problems)
    assert any("verified_on" in problem for problem in problems)


def test_the_line_of_a_key_is_known(folder: Path) -> None:
    source = read_page(folder / "substances/examplium.md")
    assert source.lines["model"] == 2
    assert source.problem("title", "words") == "examplium.md, line 4, title: words"
    assert source.problem("short_term_risks", "words") == "examplium.md, line 23, short_term_risks: words"
    assert source.problem("names.1", "words") == "examplium.names.yaml, line 2, names.1: words"
    assert source.problem("not there", "words") == "examplium.md, line 1, not there: words"


# The command


def test_the_command_says_what_it_made() -> None:
    out = io.StringIO()
    call_command("load_starter", stdout=out)
    assert "0 pages and 0 snippets were new" in out.getvalue()
    assert "ketamine.md" in out.getvalue()


def test_the_command_lists_the_mistakes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alter(folder, "families: [dissociatives]", "families: [wizards]")

    def from_there(*, tell: Any, **options: Any) -> Report:
        return load(folder, tell=tell, **options)

    monkeypatch.setattr("prevention.home.management.commands.load_starter.load", from_there)
    with pytest.raises(CommandError, match=r"Nothing was loaded[\s\S]*examplium.md, line 6, families"):
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
    parent = parent_of(SubstancePage)
    assert parent is not None
    assert parent.slug == "drugs"
