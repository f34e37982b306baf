"""The export: files of one form, from which the same content comes again; nothing that is not public."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from wagtail.models import Page, PageViewRestriction
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from prevention.core.models import Citation
from prevention.core.rich_text import parsed
from prevention.help.models import Helpline, HelpPage
from prevention.home.models import HomePage, StandardPage, StarterEntry
from prevention.home.starter_loader import SEARCH, SNIPPETS, STARTER, StarterError, load
from prevention.home.starter_loader.export import Export, export, places_of, sources_of, write
from prevention.home.starter_loader.files import read_page
from prevention.home.starter_loader.layout import INTERACTION, PAGE_ORDER
from prevention.home.starter_loader.rich_text import to_html
from prevention.home.starter_loader.state import state_of
from prevention.media.models import CandourDocument
from prevention.substances.models import Interaction, SubstancePage
from prevention.users.models import User
from resources.models import LessonPackPage, PackFile
from search.models import Intent
from tests.emptied import delete_quickly
from tests.factories import (
    InteractionFactory,
    LessonPackPageFactory,
    StandardPageFactory,
    SubstancePageFactory,
)

pytestmark = pytest.mark.django_db
LABELS = [label for rows in (SNIPPETS | SEARCH).values() for label, _ in rows.values()]


def everything() -> dict[str, list[Any]]:
    """{model: the state of each page in the order of the tree, or of each snippet}."""
    pages = {
        label: [state_of(page) for page in apps.get_model(label).objects.order_by("path")]
        for label in PAGE_ORDER
    }
    snippets = {
        label: [state_of(row) for row in apps.get_model(label).objects.order_by("pk")] for label in LABELS
    }
    pairs = sorted(
        (state_of(row) for row in Interaction.objects.all()), key=lambda row: (row["first"], row["second"])
    )
    return {**pages, **snippets, INTERACTION: pairs}


def empty() -> None:
    """Take all content away, and what the loader knows of it: it would not make again what was removed."""
    StarterEntry.objects.all().delete()
    delete_quickly(HomePage.objects.all())
    # Cards before the helplines that they choose.
    for label in sorted([INTERACTION, *LABELS], reverse=True):
        for row in apps.get_model(label).objects.all():
            row.delete()
    CandourDocument.objects.all().delete()


def edit(client: Client, page: HelpPage, **changes: Any) -> None:
    """Publish the help page with changes, as an editor's browser does."""
    cited = [
        {
            name: getattr(row, name)
            for name in ("section", "title", "publisher", "url", "published", "accessed")
        }
        for row in page.citations.all()
    ]
    data = {
        "title": page.title,
        "slug": page.slug,
        "summary": page.summary,
        "body": rich_text(page.body),
        "emergency_steps": page.emergency_steps,
        "citations": inline_formset(cited),
        "comments": inline_formset([]),
        "change_note": "Written anew.",
        "action-publish": "1",
        **changes,
    }
    answer = client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), nested_form_data(data))
    assert answer.status_code == 302, answer.context["form"].errors


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("robin", "robin@candour.example", None))
    return client


def told(*arguments: Any) -> str:
    out = io.StringIO()
    call_command("export_starter", *arguments, stdout=out)
    return out.getvalue()


# There and back


def test_the_files_of_the_starter_are_those_that_a_fresh_site_writes() -> None:
    made = export()
    assert made.notes == []
    there = {path.relative_to(STARTER).as_posix(): path for path in STARTER.rglob("*") if path.is_file()}
    assert set(made.files) == set(there) - {"README.md"}
    other = [name for name, content in made.files.items() if there[name].read_bytes() != content]
    assert other == []


@pytest.mark.slow
def test_what_editors_made_of_the_site_comes_again_from_its_files(tmp_path: Path, admin: Client) -> None:
    """All of it, after an edit in the admin, a new page, and sources that were added at the end."""
    page = HelpPage.objects.get()
    edit(
        admin,
        page,
        body=rich_text(
            "<p><b>Call</b> <i>now</i>: <a href='tel:999'>999</a></p><ul><li>a</li><li>b</li></ul>"
        ),
        emergency_steps="Call 999.\r\nStay with them.",
        summary="Changed: by an editor, # who types what they like.",
    )
    page = HelpPage.objects.get()
    row = page.citations.first()
    Citation.objects.create(page=page, section=row.section, title="B", publisher="NHS", url="https://nhs.uk/b",
                            accessed=row.accessed, sort_order=99)  # fmt: skip
    StandardPageFactory(title="An added topic", slug="an-added-topic")
    before = everything()
    edited = before["help.HelpPage"][0].pop("body")
    told(tmp_path)
    empty()
    load(tmp_path)
    after = everything()
    assert parsed(after["help.HelpPage"][0].pop("body")) == parsed(edited)
    body = after["home.StandardPage"][-1].pop("body")
    assert parsed(body) == parsed(before["home.StandardPage"][-1].pop("body"))
    assert sum(map(len, after.values())) > 400
    assert after == before
    again = export()
    assert {name: (tmp_path / name).read_bytes() for name in again.files} == again.files


def test_what_an_editor_publishes_is_in_the_file_of_the_page(tmp_path: Path, admin: Client) -> None:
    body = "<h2>If it <i>hurts</i></h2><p><b>Call </b>us.</p><ol><li>one</li><li>two</li></ol>"
    edit(admin, HelpPage.objects.get(), body=rich_text(body))
    told(tmp_path, "--page", "help")
    text = read_page(tmp_path / "pages/help.md").data["body"]
    assert text == "## If it _hurts_\n\n**Call** us.\n\n1. one\n2. two"
    assert parsed(to_html(text)) == parsed(HelpPage.objects.get().body)


# What is written


def test_one_page_alone_can_be_written(tmp_path: Path) -> None:
    assert told(tmp_path, "--page", "ketamine") == f"3 files were written to {tmp_path}.\n"
    names = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert names == [f"substances/ketamine.{ending}" for ending in ("md", "names.yaml", "sources.yaml")]
    assert all((tmp_path / name).read_bytes() == (STARTER / name).read_bytes() for name in names)


@pytest.mark.parametrize("slug", ["no-such-page", "root"])
def test_a_page_that_is_not_there_is_told_and_nothing_written(tmp_path: Path, slug: str) -> None:
    with pytest.raises(CommandError, match=f"Nothing was written.\n  There is no published page .* {slug}"):
        told(tmp_path / "new", "--page", slug)
    assert not (tmp_path / "new").exists()


def test_a_draft_of_a_fact_is_left_out() -> None:
    card, other = Intent.objects.get(code="emergency"), Helpline.objects.get(code="frank")
    card.heading = "Quince on a trampoline"
    card.save_revision()
    other.unpublish()
    made = export()
    assert b"Quince" not in made.files["intents.yaml"]
    assert b"code: emergency" in made.files["intents.yaml"]
    assert b"code: frank" not in made.files["helplines.yaml"]


def test_what_is_not_public_is_left_out_and_told() -> None:
    draft = SubstancePageFactory(title="Examplium", live=False, has_unpublished_changes=True)
    private = StandardPageFactory(title="For us", slug="for-us")
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    pack = LessonPackPage.objects.get(slug="ketamine-and-choices")
    pack.topics.add(draft)
    pack.explain(small=True)
    pack.save()
    InteractionFactory(first=SubstancePage.objects.get(slug="alcohol"), second=draft)
    intent = Intent.objects.get(code="emergency")
    intent.page = Page.objects.get(pk=private.pk)
    intent.save()
    made = export()
    assert not {"substances/examplium.md", "pages/for-us.md"} & set(made.files)
    assert b"topics: [ketamine]" in made.files["packs/ketamine-and-choices.md"]
    assert b"examplium" not in made.files["interactions.yaml"]
    assert b"page: for-us" not in made.files["intents.yaml"]
    assert sorted(made.notes) == [
        "Intent 'Is someone in danger right now?', page: for-us is not public, so it is left out here.",
        "Interaction 'Alcohol and Examplium', second: examplium is not public, so it is left out here.",
        "examplium: it is not public, so it is left out.",
        "for-us: it is not public, so it is left out.",
        "ketamine-and-choices, topics: examplium is not public, so it is left out here.",
    ]


def test_the_command_says_what_could_not_be_said_in_a_file(tmp_path: Path) -> None:
    page = HelpPage.objects.get()
    page.body = '<p>See <a linktype="page" id="999999">this</a>.</p>'
    page.explain(small=True)
    page.save()
    told_of = "  help, body: the link 'this' leads to no public page: only its words are kept.\n"
    assert told_of in told(tmp_path, "--page", "help")


def test_files_of_pages_that_went_are_named_and_left(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages/gone.md").write_text("old", encoding="utf-8")
    assert "Delete them if that is meant:\n  pages/gone.md\n490 files" in told(tmp_path)
    assert (tmp_path / "pages/gone.md").read_text(encoding="utf-8") == "old"


def test_a_folder_that_can_not_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match="The files could not be written: "):
        told(tmp_path / "file")


def test_pages_of_one_slug_in_one_folder_keep_apart() -> None:
    StandardPageFactory(title="Mixing it", slug="mixing")
    made = export("mixing")
    assert {name for name in made.files if name.endswith(".md")} == {
        "pages/mixing.md",
        "pages/mixing-topic.md",
    }


@pytest.fixture
def pack_with_files() -> Iterator[LessonPackPage]:
    """A pack with two files that came under one name."""
    pack = LessonPackPageFactory(title="Two files", slug="two-files")
    documents = []
    for words in ("one", "two"):
        document = CandourDocument(title=words)
        document.file.save("plan.txt", ContentFile(words.encode()))
        PackFile.objects.create(page=pack, document=document, kind="guidance", title=words)
        documents.append(document)
    yield pack
    for document in documents:
        document.file.delete(save=False)


def test_documents_of_one_name_keep_apart(pack_with_files: LessonPackPage) -> None:
    made = export("two-files")
    files = sorted((name, text) for name, text in made.files.items() if name.startswith("packs/files/"))
    assert [text for _, text in files] == [b"two", b"one"]
    assert files[1][0] == "packs/files/plan.txt"
    assert f"file: {files[0][0]}".encode() in made.files["packs/two-files.md"]


def test_a_document_that_is_not_on_the_disk_stops_the_export(
    pack_with_files: LessonPackPage, tmp_path: Path
) -> None:
    file = pack_with_files.files.first().document.file
    file.storage.delete(file.name)
    with pytest.raises(CommandError, match=r"two-files: the file of 'one' can not be read"):
        told(tmp_path, "--page", "two-files")
    assert not list(tmp_path.iterdir())


# Places and keys


@pytest.mark.parametrize(
    ("slugs", "places"),
    [
        ([], []),
        (["a"], [100]),
        (["a", "b", "c"], [100, 100, 100]),
        (["x", "a", "b", "c"], [1, 100, 100, 100]),
        (["x", "m", "a", "b", "c"], [1, 2, 100, 100, 100]),
        (["b", "c", "d", "a"], [100, 100, 100, 101]),
        (["2c-b", "2c", "3-mmc"], [100, 100, 100]),
    ],
)
def test_pages_out_of_the_order_of_their_names_have_a_place(slugs: list[str], places: list[int]) -> None:
    assert places_of(slugs) == places
    order = sorted(zip(places, [f"{slug}.md" for slug in slugs], strict=True))
    assert [name for _, name in order] == [f"{slug}.md" for slug in slugs]


def source(
    publisher: str, title: str, section: str = "looks", url: str = "https://nhs.uk/"
) -> dict[str, Any]:
    return {"section": section, "title": title, "publisher": publisher, "url": url}


@pytest.mark.parametrize(
    ("publisher", "title", "key"),
    [
        ("Urostomy Association", "Inside the ketamine bladder crisis",
         "urostomy-association-inside-the-ketamine-bladder-crisis"),
        ("GOV.UK", "Drugs penalties", "gov-uk-drugs-penalties"),
        ("Crew (Scotland)", "Dissociatives", "crew-dissociatives"),
        ("Samaritans", "Samaritans: how we help", "samaritans-how-we-help"),
        ("Mind", "Mind", "mind"),
        ("Burnley Express", "Alder Hey: could the UK's first clinic for children be copied and set up here?",
         "burnley-express-alder-hey-could-the-uks-first-clinic-for-children-be"),
        ("World Health Organization", "2-fluorodeschloroketamine-and-other-substances-that-are-alike",
         "world-health-organization"),
        ("世界", "卫生", "source"),
    ],
)  # fmt: skip
def test_the_key_of_a_source_is_made_of_whole_words(publisher: str, title: str, key: str) -> None:
    sources, cited = sources_of([source(publisher, title)])
    assert list(sources) == [key]
    assert cited == {"looks": [key]}


def test_a_source_stands_once_and_another_of_its_name_has_a_number() -> None:
    other = source("NHS", "K", "taking", "https://b.uk/")
    sources, cited = sources_of([source("NHS", "K"), source("NHS", "K", "taking"), other])
    assert list(sources) == ["nhs-k", "nhs-k-2"]
    assert cited == {"looks": ["nhs-k"], "taking": ["nhs-k", "nhs-k-2"]}


def test_a_section_that_is_cited_again_later_keeps_its_place() -> None:
    rows = [source("NHS", "One"), source("NHS", "One", "taking"), source("Mind", "Two")]
    _, cited = sources_of(rows)
    assert cited == [{"looks": ["nhs-one"]}, {"taking": ["nhs-one"]}, {"looks": ["mind-two"]}]


def test_an_export_of_one_page_names_no_other_files_as_gone(tmp_path: Path) -> None:
    made = Export(files={"pages/a.md": b"x"})
    (tmp_path / "substances").mkdir()
    (tmp_path / "substances/b.md").touch()
    assert write(made, tmp_path) == ["substances/b.md"]
    assert "Delete" not in told(tmp_path, "--page", "ketamine")


def test_an_unknown_slug_is_an_error_of_the_starter() -> None:
    with pytest.raises(StarterError):
        export("no-such-page")


def test_a_topic_is_written_in_its_place() -> None:
    first = StandardPage.objects.order_by("path").first()
    assert first is not None
    assert b"\nplace: 1\n" in export(first.slug).files[f"pages/{first.slug}.md"]
