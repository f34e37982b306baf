"""Lesson packs: the ZIP, the files, what is counted, and the rules for publishing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.template.defaultfilters import filesizeformat
from django.test import Client
from django.urls import reverse
from wagtail.models import PageViewRestriction
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from prevention.editorial.attention import AttentionItem, attention_items
from prevention.media.models import CandourDocument
from prevention.users.models import User
from resources.models import KeyStage, LessonPackPage, PackFile, ResourceIndexPage
from tests.factories import LessonPackPageFactory
from tests.reviews import signed

pytestmark = pytest.mark.django_db
ADDRESS = "/resources/ketamine-and-choices/"
ZIP = f"{ADDRESS}download/"


@pytest.fixture
def pack() -> LessonPackPage:
    """A pack of the starter content."""
    return LessonPackPage.objects.get(slug="ketamine-and-choices")


def opened(data: bytes) -> zipfile.ZipFile:
    """Return the ZIP in these bytes, opened for reading."""
    return zipfile.ZipFile(io.BytesIO(data))


# The ZIP


def test_the_zip_has_the_files_in_order_and_a_readme(reader: Client, pack: LessonPackPage) -> None:
    response = reader.get(ZIP)
    assert response["Content-Type"] == "application/zip"
    assert response["Content-Disposition"] == 'attachment; filename="ketamine-and-choices.zip"'
    archive = opened(response.content)
    assert archive.testzip() is None
    assert archive.namelist() == ["README.txt", "1-lesson-plan.docx", "2-slides.pptx"]
    for name, row in zip(archive.namelist()[1:], pack.file_rows(), strict=True):
        with row.document.open_file() as file:
            assert archive.read(name) == file.read()


def test_the_readme_says_for_whom_how_old_and_where_from(reader: Client) -> None:
    text = opened(reader.get(ZIP).content).read("README.txt").decode()
    for part in (
        "Ketamine and choices",
        "For: Key stage 4, ages 14 to 16",
        "Time: 1 x 50 minutes",
        "Reviewed: 2026-11-24 (starter content, not clinically reviewed yet).",
        "Next review: 2027-08-31.",
        "Licence: CC BY 4.0.",
        "/resources/ketamine-and-choices/",
        "- Lesson plan (Lesson plan)",
        "- Slides (Slides)",
        "https://www.gov.uk/",
    ):
        assert part in text
    assert "\r\n" in text


def test_the_same_pack_gives_the_same_bytes(reader: Client) -> None:
    first = reader.get(ZIP).content
    caches["pages"].clear()
    assert reader.get(ZIP).content == first


def test_a_new_version_of_a_file_gives_new_bytes(reader: Client, pack: LessonPackPage) -> None:
    first = reader.get(ZIP).content
    other = PackFile.objects.get(page__slug="vapes-what-is-in-them", kind="lesson_plan").document
    document = pack.file_rows()[0].document
    with other.open_file() as file:
        document.file = ContentFile(file.read(), name="new.docx")
    document.save()
    second = reader.get(ZIP).content
    assert second != first
    with other.open_file() as file:
        assert opened(second).read("1-lesson-plan.docx") == file.read()


def test_a_changed_text_gives_a_new_readme(reader: Client, pack: LessonPackPage) -> None:
    reader.get(ZIP)
    signed(pack, "PSHE lead")
    assert "(PSHE lead)" in opened(reader.get(ZIP).content).read("README.txt").decode()


@pytest.mark.parametrize(
    ("title", "name"), [("Plan / answers: ÄÖ", "1-plan-answers.docx"), ("日本", "1-file.docx")]
)
def test_any_title_makes_a_plain_file_name(
    reader: Client, pack: LessonPackPage, title: str, name: str
) -> None:
    row = pack.file_rows()[0]
    row.title = title
    row.save()
    pack.explain(small=True)
    pack.save_revision().publish()
    assert opened(reader.get(ZIP).content).namelist()[1] == name


def test_a_pack_without_files_still_has_its_readme(reader: Client) -> None:
    LessonPackPageFactory(title="Empty pack")
    assert opened(reader.get("/resources/empty-pack/download/").content).namelist() == ["README.txt"]


def test_the_page_says_about_how_large_the_zip_is(reader: Client, pack: LessonPackPage) -> None:
    response = reader.get(ADDRESS)
    told = response.context["zip_size"]
    assert told == sum(row.document.file_size for row in pack.file_rows())
    assert told == pytest.approx(len(reader.get(ZIP).content), rel=0.25)
    assert f"Everything in one ZIP (about {filesizeformat(told)})" in response.content.decode()


def test_the_page_makes_no_zip(reader: Client) -> None:
    reader.get(ADDRESS)
    assert not caches["packs"]._cache  # type: ignore[attr-defined]
    reader.get(ZIP)
    assert caches["packs"]._cache  # type: ignore[attr-defined]


def test_a_zip_is_found_again_by_what_the_database_says_of_its_files(
    reader: Client, pack: LessonPackPage
) -> None:
    document = pack.file_rows()[0].document
    CandourDocument.objects.filter(pk=document.pk).update(file_hash="")
    assert reader.get(ZIP).status_code == 200
    document.refresh_from_db()
    assert document.file_hash == "", "a reader's request changes nothing"


# Files that are missing

SORRY = "can not be downloaded at the moment"


@pytest.fixture
def third(pack: LessonPackPage) -> PackFile:
    """A third file of the pack, whose file on the disk a test may remove."""
    made = CandourDocument(title="Worksheet", file=ContentFile(b"%PDF-1.7 a worksheet", name="sheet.pdf"))
    made.save()
    return PackFile.objects.create(
        page=pack, document=made, kind="worksheet", title="Worksheet", sort_order=9
    )


def lost(row: PackFile) -> Path:
    """Remove the file on the disk, as an incomplete restore does."""
    place = Path(row.document.file.path)
    place.unlink()
    return place


def lost_after_the_look(row: PackFile) -> None:
    """Put something in its place that exists but can not be opened."""
    lost(row).mkdir()


def missing() -> list[AttentionItem]:
    """Return what the attention report says of missing files."""
    return [item for item in attention_items() if item.kind == "File that is missing"]


def test_a_missing_file_leaves_the_page_and_the_other_files(reader: Client, third: PackFile) -> None:
    lost(third)
    response = reader.get(ADDRESS)
    assert response.status_code == 200
    html = response.content.decode()
    assert html.count(SORRY) == 1
    assert "Worksheet" in html
    assert third.url not in html
    others = [row for row in third.page.file_rows() if row != third]
    assert len(others) == 2
    assert all(row.url in html for row in others)
    assert response.context["zip_size"] == sum(row.size for row in others)


@pytest.mark.parametrize("lose", [lost, lost_after_the_look])
def test_the_zip_is_made_without_it_and_says_so(
    reader: Client, third: PackFile, lose: Callable[[PackFile], object]
) -> None:
    lose(third)
    response = reader.get(ZIP)
    assert response.status_code == 200
    archive = opened(response.content)
    assert archive.namelist() == ["README.txt", "1-lesson-plan.docx", "2-slides.pptx"]
    lines = archive.read("README.txt").decode().split("\r\n")
    assert "- Slides (Slides)" in lines
    (line,) = [line for line in lines if line.startswith("- Worksheet")]
    assert "missing from this ZIP" in line
    assert SORRY in line


def test_the_others_keep_their_numbers(reader: Client, third: PackFile) -> None:
    PackFile.objects.filter(pk=third.pk).update(sort_order=-1)
    assert opened(reader.get(ZIP).content).namelist()[1] == "1-worksheet.pdf"
    lost(third)
    assert opened(reader.get(ZIP).content).namelist() == [
        "README.txt",
        "2-lesson-plan.docx",
        "3-slides.pptx",
    ]


def test_a_file_that_is_back_is_in_the_zip_again(reader: Client, third: PackFile) -> None:
    place = lost(third)
    without = reader.get(ZIP).content
    place.mkdir()
    assert reader.get(ZIP).content == without
    place.rmdir()
    place.write_bytes(b"%PDF-1.7 a worksheet")
    assert "3-worksheet.pdf" in opened(reader.get(ZIP).content).namelist()


@pytest.mark.parametrize("lose", [lost, lost_after_the_look])
def test_the_address_of_a_missing_file_is_a_404_that_helps(
    reader: Client, third: PackFile, counted: Any, lose: Callable[[PackFile], object]
) -> None:
    assert reader.get(third.url).status_code == 200
    counted()
    lose(third)
    response = reader.get(third.url)
    assert response.status_code == 404
    html = response.content.decode()
    assert SORRY in html
    assert "Worksheet" in html
    assert f'href="{ADDRESS}"' in html
    assert counted() == {("file.download", "pack:ketamine-and-choices", ""): 1}, "only the one that was sent"


def test_the_api_offers_no_missing_file(reader: Client, third: PackFile) -> None:
    address = "/api/v1/resources/ketamine-and-choices"
    assert [row["title"] for row in reader.get(address).json()["files"]][2:] == ["Worksheet"]
    lost(third)
    caches["pages"].clear()
    response = reader.get(address)
    assert response.status_code == 200
    assert [row["title"] for row in response.json()["files"]] == ["Lesson plan", "Slides"]


def test_an_editor_is_told_of_a_missing_file_and_where_to_mend_it(
    third: PackFile, client: Client, reader: Client
) -> None:
    assert missing() == []
    name = third.document.file.name
    lost(third)
    (row,) = missing()
    assert row.title == "Ketamine and choices"
    assert row.edit_url == reverse("wagtaildocs:edit", args=[third.document_id])
    assert row.text == (
        f"'Worksheet' can not be downloaded: {name} is not on the disk. Upload the file again."
    )
    client.force_login(User.objects.create_superuser("robin", "robin@candour.example", None))
    assert row.edit_url in client.get("/admin/reports/attention/").content.decode()
    new = ContentFile(b"%PDF-1.7 a new worksheet", name="sheet.pdf")
    assert client.get(row.edit_url).status_code == 200
    assert client.post(row.edit_url, {"title": "Worksheet", "file": new}).status_code == 302
    assert missing() == []
    assert reader.get(third.url).getvalue() == b"%PDF-1.7 a new worksheet"


def test_a_missing_file_of_a_draft_is_nobodys_concern_yet(third: PackFile) -> None:
    lost(third)
    third.page.unpublish()
    assert missing() == []


# Counting


def test_a_download_is_counted_under_its_key_stage(reader: Client, counted: Any) -> None:
    reader.get(ZIP)
    assert counted() == {("pack.download", "pack:ketamine-and-choices", "ks4"): 1}


def test_a_download_is_counted_for_each_key_stage_or_for_none(reader: Client, counted: Any) -> None:
    both = LessonPackPageFactory(title="Both")
    both.key_stages.set(KeyStage.objects.filter(slug__in=["ks3", "ks4"]))
    both.explain(small=True)
    both.save()
    LessonPackPageFactory(title="Neither")
    reader.get("/resources/both/download/")
    reader.get("/resources/neither/download/")
    assert counted() == {
        ("pack.download", "pack:both", "ks3"): 1,
        ("pack.download", "pack:both", "ks4"): 1,
        ("pack.download", "pack:neither", ""): 1,
    }


def test_a_single_file_is_counted_as_such(reader: Client, pack: LessonPackPage, counted: Any) -> None:
    reader.get(f"{ADDRESS}files/{pack.file_rows()[0].pk}/")
    assert counted() == {("file.download", "pack:ketamine-and-choices", ""): 1}


# Single files


def test_a_single_file_is_an_attachment_with_its_bytes(reader: Client, pack: LessonPackPage) -> None:
    row = pack.file_rows()[0]
    assert row.url == f"{ADDRESS}files/{row.pk}/"
    assert row.url in reader.get(ADDRESS).content.decode()
    response = reader.get(row.url)
    body = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    with row.document.open_file() as file:
        assert body == file.read()
    assert response["Content-Disposition"] == f'attachment; filename="ketamine-and-choices-{row.pk}.docx"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert row.size == len(body)
    assert (str(row), row.kind_label) == ("Lesson plan", "Lesson plan")


def test_a_file_of_another_pack_is_not_given_out_under_this_one(reader: Client) -> None:
    other = PackFile.objects.filter(page__slug="vapes-what-is-in-them").first()
    assert other is not None
    assert reader.get(f"{ADDRESS}files/{other.pk}/").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        f"{ADDRESS}files/0/",
        f"{ADDRESS}files/999999/",
        f"{ADDRESS}files/{2**63}/",
        f"{ADDRESS}files/{'9' * 1000}/",
        f"{ADDRESS}files/-1/",
        f"{ADDRESS}files/x/",
        "/resources/no-such/download/",
        "/resources/no-such/files/1/",
        "/drugs/ketamine/download/",
    ],
)
def test_what_is_not_there_is_not_found(reader: Client, address: str, counted: Any) -> None:
    assert reader.get(address).status_code == 404
    assert counted() == {}


@pytest.mark.parametrize("place", ["", "download/", "file"])
def test_a_withdrawn_or_a_private_pack_gives_nothing_away(
    reader: Client, pack: LessonPackPage, place: str
) -> None:
    address = pack.file_rows()[0].url if place == "file" else f"{ADDRESS}{place}"
    assert reader.get(address).status_code == 200
    restriction = PageViewRestriction.objects.create(page=pack, restriction_type=PageViewRestriction.LOGIN)
    assert reader.get(address).status_code in {302, 410}
    restriction.delete()
    assert reader.get(address).status_code == 200
    pack.slug = "renamed"
    pack.explain(small=True)
    pack.save_revision().publish()
    assert reader.get(address).headers["Location"] == address.replace(ADDRESS, "/resources/renamed/")
    pack.unpublish()
    assert reader.get(address).status_code == 410


@pytest.mark.parametrize("address", [ZIP, "file"])
def test_only_reading_is_allowed(reader: Client, pack: LessonPackPage, address: str) -> None:
    address = pack.file_rows()[0].url if address == "file" else address
    assert reader.post(address).status_code == 405


def test_a_document_of_a_pack_can_not_be_deleted_under_it(pack: LessonPackPage) -> None:
    from django.db.models import ProtectedError

    with pytest.raises(ProtectedError):
        CandourDocument.objects.get(pk=pack.file_rows()[0].document_id).delete()


# The page


def test_the_page_tells_a_teacher_what_it_takes(reader: Client, pack: LessonPackPage) -> None:
    html = reader.get(ADDRESS).content.decode()
    for part in (
        "Key stage 4",
        "14 to 16",
        "1 session of 50 minutes",
        "Classroom",
        "Not reviewed yet",
        "CC BY 4.0",
    ):
        assert part in html
    assert pack.risk_group_list[0].name in html
    assert '<a class="link-list__link" href="/drugs/ketamine/">Ketamine</a>' in html
    assert pack.outcome_list
    assert pack.curriculum_list


def test_a_topic_that_is_withdrawn_is_no_longer_linked(reader: Client, pack: LessonPackPage) -> None:
    pack.topics.get().unpublish()
    assert "link-list__link" not in reader.get(ADDRESS).content.decode()


def test_the_text_for_search_is_plain(pack: LessonPackPage) -> None:
    text = pack.search_text()
    assert "A lesson that pupils mostly run themselves." in text
    assert pack.outcome_list[0] in text
    assert "<" not in text


# Publishing


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({}, []),
        ({"age_min": 14, "age_max": 14}, []),
        ({"age_min": 15, "age_max": 14}, ["age_max"]),
        ({"approach": "information", "evidence_rating": 2}, []),
        ({"approach": "information", "evidence_rating": 3}, ["evidence_rating"]),
        ({"approach": "interactive", "evidence_rating": 5}, []),
    ],
)
def test_what_stands_against_publishing(changes: dict[str, Any], errors: list[str]) -> None:
    page = LessonPackPageFactory.build(parent=None, **changes)
    assert list(page.publishing_errors(set())) == errors


def test_an_evidence_rating_has_words(pack: LessonPackPage) -> None:
    labels = set()
    for rating in range(6):
        pack.evidence_rating = rating
        labels.add(pack.evidence_label)
    assert len(labels) == 6
    pack.evidence_rating = 9
    assert pack.evidence_label == "Not reviewed yet"


def pack_form(**changes: Any) -> dict[str, Any]:
    """Return the form of a new pack as a browser sends it, with changes."""
    data: dict[str, Any] = {
        "title": "New pack",
        "slug": "new-pack",
        "summary": "An invented pack.",
        "overview": rich_text("<p>Some words.</p>"),
        "age_min": "11",
        "age_max": "14",
        "prevention_level": "universal",
        "duration_minutes": "50",
        "session_count": "1",
        "setting": "classroom",
        "approach": "skills",
        "evidence_rating": "1",
        "licence": "CC BY 4.0",
        "files": inline_formset(
            [{"title": "Plan", "kind": "lesson_plan", "document": CandourDocument.objects.all()[0].pk}]
        ),
        "citations": inline_formset([]),
        "comments": inline_formset([]),
    }
    # A list would be taken for a nested form: the stages are added as the browser sends them.
    return {**nested_form_data({**data, **changes}), "key_stages": [KeyStage.objects.get(slug="ks3").pk]}


def add(data: dict[str, Any]) -> Any:
    """Send the form of a new pack as an administrator; return the response."""
    admin = Client()
    admin.force_login(User.objects.create_superuser("robin", "robin@candour.example", None))
    index = ResourceIndexPage.objects.get()
    return admin.post(reverse("wagtailadmin_pages:add", args=["resources", "lessonpackpage", index.pk]), data)


def test_a_pack_is_published_through_the_admin(reader: Client) -> None:
    response = add(pack_form(**{"action-publish": "1"}))
    assert response.status_code == 302, response.context["form"].errors
    assert opened(reader.get("/resources/new-pack/download/").content).namelist() == [
        "README.txt",
        "1-plan.docx",
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"age_min": "15"}, "The oldest age must not be below the youngest."),
        ({"approach": "information", "evidence_rating": "3"}, "Information alone does not change behaviour"),
        ({"evidence_rating": "6"}, "less than or equal to 5"),
    ],
)
def test_a_pack_against_the_rules_is_not_published(changes: dict[str, Any], words: str) -> None:
    response = add(pack_form(**changes, **{"action-publish": "1"}))
    assert response.status_code == 200
    assert words in response.content.decode()
    assert not LessonPackPage.objects.filter(slug="new-pack").exists()


def test_a_draft_may_break_the_rules() -> None:
    assert add(pack_form(age_min="15")).status_code == 302
    assert not LessonPackPage.objects.get(slug="new-pack").live


def test_a_file_of_a_private_collection_stays_inside(reader: Client) -> None:
    from wagtail.models import Collection, CollectionViewRestriction

    pack = LessonPackPage.objects.get(slug="ketamine-and-choices")
    first, second = pack.file_rows()
    inside = Collection.get_first_root_node().add_child(name="Staff")
    below = inside.add_child(name="Drafts")
    CollectionViewRestriction.objects.create(collection=inside, restriction_type="login")
    first.document.collection = below
    first.document.save()
    assert reader.get(first.url).status_code == 404
    assert reader.get(second.url).getvalue()
    with zipfile.ZipFile(io.BytesIO(reader.get(pack.zip_url).content)) as archive:
        assert len(archive.namelist()) == 2  # the README and the file that is left


def test_a_stage_of_another_nation_is_counted_under_its_code(
    reader: Client, counted: Callable[[], dict[tuple[str, str, str], int]]
) -> None:
    stage = KeyStage(
        slug="s1-s3", name="S1 to S3", nation="scotland", year_from=1, year_to=3, age_min=11, age_max=15
    )
    stage.full_clean()
    stage.save()
    pack = LessonPackPageFactory(title="Scottish pack")
    pack.key_stages.set([stage])
    pack.explain(small=True)
    pack.save()
    reader.get("/resources/scottish-pack/download/")
    assert counted()[("pack.download", "pack:scottish-pack", "s1-s3")] == 1


@pytest.mark.parametrize(
    ("field", "value"), [("slug", "year nine"), ("slug", "stage-3"), ("nation", "narnia")]
)
def test_a_stage_that_could_not_be_counted_is_refused(field: str, value: str) -> None:
    stage = KeyStage(slug="s1", name="S1", nation="scotland", year_from=1, year_to=1, age_min=11, age_max=12)
    stage.full_clean()
    setattr(stage, field, value)
    with pytest.raises(ValidationError, match=field):
        stage.full_clean()
