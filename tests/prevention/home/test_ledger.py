"""The ledger: what editors changed, renamed or removed stays so; what nobody touched follows the files."""

from __future__ import annotations

import datetime
import importlib
import io
import json
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page, PageLogEntry, PageViewRestriction, ReferenceIndex

from prevention import clock
from prevention.core import sanitise
from prevention.core.models import ContentChange
from prevention.help.models import Helpline
from prevention.home.models import StandardPage, StarterEntry
from prevention.home.starter_loader import STARTER, StarterError, load
from prevention.home.starter_loader.state import hash_of, state_of
from prevention.substances.models import Family, Interaction, SubstanceIndexPage, SubstancePage
from resources.models import LessonPackPage
from search.models import Intent
from tests.emptied import delete_quickly
from tests.prevention.home.test_load_starter import alter, problems_of, put_pack

pytestmark = pytest.mark.django_db
TOPIC = "pages/examples.md"
CARDS = """
- code: example
  order: 90
  page: examples
  heading: "An example"
  body: "Some words."
  helplines: frank
  phrases: ["some invented phrase"]
"""
PAIRS = """
- first: examplium
  second: ketamine
  level: danger
  reliability: proven
  explanation: "Both slow your breathing."
  source_title: "A"
  source_publisher: "NHS"
  source_url: "https://www.nhs.uk/"
  source_accessed: 2026-11-24
"""

TAKE = (
    ", and the files have a newer version. It is taken by "
    "`load_starter --update substances.SubstancePage:examplium`."
)


@pytest.fixture
def loaded(folder: Path) -> Path:
    """The small starter with a card and a mixing record, loaded into a site whose ledger knows only these."""
    StarterEntry.objects.all().delete()
    (folder / "intents.yaml").write_text(CARDS, encoding="utf-8")
    (folder / "interactions.yaml").write_text(PAIRS, encoding="utf-8")
    report = load(folder)
    assert (report.pages, report.snippets, report.left) == (2, 2, [])
    return folder


def renew(folder: Path) -> None:
    """Make every file newer: another summary, heading and explanation."""
    alter(folder, 'summary: "', 'summary: "News. ')
    alter(folder, "An invented topic", "News of an invented topic", TOPIC)
    alter(folder, "An example", "News of an example", "intents.yaml")
    alter(folder, "Both slow", "News: both slow", "interactions.yaml")


def topic() -> StandardPage:
    page: StandardPage = StandardPage.objects.get(slug="examples")
    return page


def record() -> Interaction:
    return Interaction.objects.get(first__slug="ketamine", second__slug="examplium")


def test_every_item_has_a_line_with_the_hash_of_what_was_written(loaded: Path) -> None:
    lines = {line.key: line for line in StarterEntry.objects.all()}
    made: dict[str, Any] = {
        "substances.SubstancePage:examplium": SubstancePage.objects.get(slug="examplium"),
        "home.StandardPage:examples": topic(),
        "search.Intent:example": Intent.objects.get(code="example"),
        "substances.Interaction:examplium/ketamine": record(),
    }
    assert set(lines) == set(made)
    for key, instance in made.items():
        assert lines[key].written == hash_of(state_of(instance)), key
        pointer = instance.translation_key if isinstance(instance, Page) else instance.pk
        assert lines[key].pointer == str(pointer)


def test_the_whole_starter_is_in_the_ledger_of_a_new_site() -> None:
    assert StarterEntry.objects.exclude(written="").exclude(source="").count() > 400
    pages = Page.objects.filter(depth__gt=1).values_list("translation_key", flat=True)
    assert set(map(str, pages)) <= set(StarterEntry.objects.values_list("pointer", flat=True))


# What editors do to it


def test_what_nobody_touched_follows_the_files(loaded: Path) -> None:
    page = SubstancePage.objects.get(slug="examplium")
    rows = list(page.names.values_list("pk", flat=True))
    renew(loaded)
    before = ContentChange.objects.filter(cause="").count()
    report = load(loaded)
    assert (report.pages, report.snippets, report.updated, report.left) == (0, 0, 4, [])
    page = SubstancePage.objects.get(slug="examplium")
    assert page.summary.startswith("News. ")
    assert page.revisions.count() == 2
    assert page.latest_revision.content["summary"] == page.summary
    assert list(page.names.values_list("pk", flat=True)) == rows
    assert Intent.objects.get(code="example").heading == "News of an example"
    assert record().explanation.startswith("News:")
    assert [row.as_object().explanation[:4] for row in record().revisions.order_by("pk")] == ["Both", "News"]
    lines = ContentChange.objects.filter(cause="").order_by("pk")[before:]
    assert [(line.kind, line.action) for line in lines] == [
        ("substance", "updated"),
        ("topic", "updated"),
        ("interaction", "updated"),
        ("intent", "updated"),
    ]
    assert load(loaded).updated == 0


def test_a_field_that_left_the_file_is_empty_again(loaded: Path) -> None:
    names = "substances/examplium.names.yaml"
    alter(loaded, '  - {name: exy, kind: street, source: "The tests"}\n', "", names)
    alter(loaded, "names:\n", "names: []\n", names)
    load(loaded)
    assert not SubstancePage.objects.get(slug="examplium").names.exists()


def test_what_was_removed_is_never_made_again_and_told_once(loaded: Path) -> None:
    Intent.objects.get(code="example").delete()
    topic().delete()
    record().delete()
    renew(loaded)
    report = load(loaded)
    assert report.left == [
        "standard page examples: editors have removed it.",
        "interaction examplium/ketamine: editors have removed it.",
        "intent example: editors have removed it.",
    ]
    assert (report.pages, report.snippets, report.updated) == (0, 0, 1)
    assert load(loaded).left == []
    assert not StandardPage.objects.filter(slug="examples").exists()
    assert not Intent.objects.filter(code="example").exists()


def test_a_page_that_went_with_the_page_above_it_stays_away(loaded: Path) -> None:
    delete_quickly(SubstanceIndexPage.objects.all())
    alter(loaded, "slug: examplium", "slug: another")
    alter(loaded, "title: Examples", "title: Examples\nrelated: [another]", TOPIC)
    (loaded / "interactions.yaml").unlink()
    report = load(loaded)
    assert (report.pages, report.snippets) == (0, 0)
    assert "substance another: editors have removed the page that it stood under." in report.left


def test_a_renamed_page_gets_no_twin(loaded: Path) -> None:
    page = SubstancePage.objects.get(slug="examplium")
    page.slug = "exy"
    page.explain(small=True)
    page.save_revision().publish()
    renew(loaded)
    report = load(loaded)
    assert report.left == ["substance examplium: editors have renamed it to exy."]
    assert load(loaded).left == []
    assert not SubstancePage.objects.filter(slug="examplium").exists()
    assert SubstancePage.objects.get(slug="exy").pk == page.pk
    # What names it is not taken for changed by editors.
    assert Interaction.objects.about([page.pk]).get().explanation.startswith("News:")


def test_a_renamed_card_gets_no_twin(loaded: Path) -> None:
    card = Intent.objects.get(code="example")
    card.code = "mine"
    card.save()
    renew(loaded)
    assert load(loaded).left == ["intent example: editors have renamed it to mine."]
    assert list(Intent.objects.filter(code__in=["mine", "example"])) == [card]


def test_what_was_changed_is_left_alone_and_told(loaded: Path) -> None:
    page = topic()
    page.summary = "Edited."
    page.explain(small=True)
    page.save_revision().publish()
    card = Intent.objects.get(code="example")
    card.body = "Edited."
    card.save()
    assert load(loaded).left == []  # nothing new to take
    renew(loaded)
    for _ in range(2):  # as long as there is something to take
        report = load(loaded)
        assert [line.split(",")[0] for line in report.left] == [
            "standard page examples: editors have changed it",
            "intent example: editors have changed it",
        ]
        assert "--update home.StandardPage:examples" in report.left[0]
    assert topic().summary == "Edited."
    assert Intent.objects.get(code="example").body == "Edited."


def unpublish(page: StandardPage) -> None:
    page.unpublish()


def draft(page: StandardPage) -> None:
    page.summary = "A draft."
    page.save_revision()


def close(page: StandardPage) -> None:
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)


def plan_its_end(page: StandardPage) -> None:
    page.expire_at = clock.now() + datetime.timedelta(days=9)
    page.save_revision().publish()


def lock(page: StandardPage) -> None:
    page.locked = True
    page.save()


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (unpublish, "it is not published any more"),
        (draft, "it has changes that are not published yet"),
        (close, "it is not open to everybody"),
        (plan_its_end, "it has a date on which it is published or withdrawn"),
        (lock, "editors are at work on it"),
    ],
)
def test_a_page_is_touched_also_where_its_text_is_the_same(
    loaded: Path, act: Callable[[StandardPage], None], why: str
) -> None:
    act(topic())
    before = (topic().live, topic().summary, topic().revisions.count())
    renew(loaded)
    (told,) = load(loaded).left
    assert told.startswith(f"standard page examples: {why}, and the files")
    assert (topic().live, topic().summary, topic().revisions.count()) == before


def draft_of(card: Intent) -> None:
    card.body = "A draft."
    card.save_revision()


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (Intent.unpublish, "it is not published any more"),
        (draft_of, "it has changes that are not published yet"),
    ],
)
def test_a_fact_is_touched_like_a_page_until_the_files_are_taken_on_purpose(
    loaded: Path, act: Callable[[Intent], None], why: str
) -> None:
    act(Intent.objects.get(code="example"))
    renew(loaded)
    (told,) = load(loaded).left
    assert told.startswith(f"intent example: {why}, and the files")
    assert Intent.objects.get(code="example").heading == "An example"
    load(loaded, only=["example"])
    card = Intent.objects.get(code="example")
    assert (card.live, card.heading, card.has_unpublished_changes) == (True, "News of an example", False)


def test_what_an_editor_made_under_the_same_name_is_theirs(folder: Path) -> None:
    StarterEntry.objects.all().delete()
    family = Family.objects.get(slug="dissociatives")
    (folder / "vocabularies.yaml").write_text(
        'families:\n  - {slug: dissociatives, name: "Other", description: "Other."}\n', encoding="utf-8"
    )
    home = Page.objects.get(slug="home")
    own = home.add_child(instance=StandardPage(title="Own", slug="examples", summary="Own.", body="<p>x</p>"))
    report = load(folder)
    assert report.left == [
        "family dissociatives: an editor made it.",
        "standard page examples: an editor made it.",
    ]
    assert (report.pages, report.snippets) == (1, 0)
    assert Family.objects.get(slug="dissociatives").name == family.name
    assert topic().pk == own.pk
    assert StarterEntry.objects.get(key="home.StandardPage:examples").is_theirs
    alter(folder, "An invented topic", "News of an invented topic", TOPIC)
    assert load(folder).left == []
    assert topic().summary == "Own."


def test_another_page_at_the_same_address_stops_nothing(folder: Path) -> None:
    StarterEntry.objects.all().delete()
    other = Page.objects.get(slug="help").specific
    other.slug = "examples"
    other.explain(small=True)
    other.save_revision().publish()
    report = load(folder)
    assert report.left == ["standard page examples: editors have given this name to something else."]
    assert report.pages == 1


def test_what_the_files_no_longer_have_is_told_once_and_stays(loaded: Path) -> None:
    (loaded / TOPIC).unlink()
    (loaded / "intents.yaml").unlink()
    assert load(loaded).left == [
        "standard page examples: the files no longer have it.",
        "intent example: the files no longer have it.",
    ]
    assert load(loaded).left == []
    assert topic().live


def test_what_names_something_that_was_removed_goes_without_it(loaded: Path) -> None:
    delete_quickly(SubstancePage.objects.filter(slug="examplium"))
    row = PAIRS.replace("second: ketamine", "second: alcohol")
    (loaded / "interactions.yaml").write_text(PAIRS + row, encoding="utf-8")
    alter(loaded, "title: Examples", "title: Examples\nrelated: [ketamine, examplium]", TOPIC)
    report = load(loaded)
    assert "interaction alcohol/examplium: editors have removed substance examplium." in report.left
    assert (
        "standard page examples does not name substance examplium: editors have removed that." in report.left
    )
    assert [page.slug for page in topic().related.all()] == ["ketamine"]


# Asking first, and taking the files' version on purpose


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, and every uploaded file."""
    tables: dict[str, list[tuple[Any, ...]]] = {
        "files": sorted((str(path),) for path in Path(settings.MEDIA_ROOT).rglob("*"))
    }
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")  # noqa: S608  (names from the schema)
            tables[name] = sorted(cursor.fetchall(), key=repr)
    return tables


def check(folder: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> list[str]:
    """What `load_starter` prints with these arguments for a folder."""

    def from_there(**options: Any) -> Any:
        return load(folder, **options)

    monkeypatch.setattr("prevention.home.management.commands.load_starter.load", from_there)
    out = io.StringIO()
    call_command("load_starter", *arguments, stdout=out)
    return [line for line in out.getvalue().splitlines() if not line.startswith("  ")]


def test_check_says_what_a_load_would_do_and_changes_nothing(
    loaded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_pack(loaded, next((STARTER / "packs/files").glob("*.docx")).read_bytes())
    record().delete()
    page = SubstancePage.objects.get(slug="examplium")
    page.summary = "Edited."
    page.explain(small=True)
    page.save_revision().publish()
    renew(loaded)
    before = everything()
    for _ in range(2):
        assert check(loaded, monkeypatch, "--check") == [
            "The lesson pack example-pack would be made.",
            "The standard page examples would be updated.",
            "The intent example would be updated.",
            f"Left alone: substance examplium: editors have changed it{TAKE}",
            "Left alone: interaction examplium/ketamine: editors have removed it.",
            "Starter content: 1 pages and 0 snippets would be new, 2 would be updated, 2 left alone.",
        ]
        assert everything() == before


def test_check_of_files_with_mistakes_fails(loaded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alter(loaded, "title: Examples\n", "title: Examples\ncolour: red\n", TOPIC)
    before = everything()
    with pytest.raises(CommandError, match=r"examples.md, line \d+, colour:"):
        check(loaded, monkeypatch, "--check")
    assert everything() == before


def test_update_takes_the_files_version_of_that_alone(loaded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = topic()
    page.summary, page.slug = "Edited.", "mine"
    page.explain(small=True)
    page.save_revision().publish()
    record().delete()
    renew(loaded)
    arguments = ["--update", "examples", "--update", "examplium/ketamine"]
    assert check(loaded, monkeypatch, *arguments) == [
        "The interaction examplium/ketamine was made.",
        "The standard page examples was updated.",
        "Starter content: 0 pages and 1 snippets were new, 1 were updated, 0 left alone.",
    ]
    assert topic().pk == page.pk
    assert topic().summary.startswith("News of")
    assert [revision.content["slug"] for revision in topic().revisions.order_by("pk")] == [
        "examples", "mine", "examples",
    ]  # fmt: skip
    assert record().explanation.startswith("News:")
    assert Intent.objects.get(code="example").heading == "An example"
    assert load(loaded).updated == 2


def remove(page: StandardPage) -> None:
    delete_quickly(StandardPage.objects.filter(pk=page.pk))


@pytest.mark.parametrize("act", [unpublish, draft, remove])
def test_update_publishes_again_what_was_withdrawn_or_deleted(
    loaded: Path, act: Callable[[Any], Any]
) -> None:
    act(topic())
    report = load(loaded, only=["examples"])
    assert report.pages + report.updated == 1
    assert topic().live
    assert topic().summary.startswith("An invented topic")
    assert not topic().has_unpublished_changes
    assert load(loaded).left == []


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("exampels", "Nothing in the starter content is called exampels. Did you mean examples"),
        ("zzz", "Nothing in the starter content is called zzz."),
        (
            "examplium",
            "Several things are called examplium. Say which: help.Helpline:examplium or substances.",
        ),
    ],
)
def test_update_of_what_is_not_one_thing_changes_nothing(loaded: Path, name: str, sentence: str) -> None:
    (loaded / "helplines.yaml").write_text('- {code: examplium, name: "E"}\n', encoding="utf-8")
    before = everything()
    with pytest.raises(StarterError) as caught:
        load(loaded, only=[name])
    assert caught.value.problems[0].startswith(sentence)
    assert everything() == before


# Bad input


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"key": "substances.Fish:cod"}, "key: the starter holds nothing of the type substances.Fish."),
        ({"key": "home.StandardPage:"}, "key: there is no slug or code after the type."),
        ({"written": "abc"}, "written: this is not a hash of 64 hexadecimal digits."),
        ({"written": "", "pointer": ""}, "written: this is not a hash of 64 hexadecimal digits."),
        ({"source": "G" * 64}, "source: this is not a hash of 64 hexadecimal digits."),
        ({"pointer": "12"}, "pointer: 12 is not the key of a page."),
        ({"pointer": "HOME"}, "its pointer leads to a home.HomePage, not to a home.StandardPage."),
    ],
)
def test_a_broken_ledger_stops_the_load(loaded: Path, change: dict[str, str], sentence: str) -> None:
    line = StarterEntry.objects.get(key="home.StandardPage:examples")
    if change.get("pointer") == "HOME":
        change = {"pointer": str(Page.objects.get(slug="home").translation_key)}
    StarterEntry.objects.filter(pk=line.pk).update(**change)
    renew(loaded)
    before = everything()
    with pytest.raises(StarterError) as caught:
        load(loaded)
    key = change.get("key", line.key)
    (problem,) = caught.value.problems
    start = f"The ledger of the starter content (home_starterentry), line {line.pk}, {key}: {sentence} "
    assert problem.startswith(start)
    assert problem.endswith("delete this line: what it tells of is then an editor's.")
    assert everything() == before


def test_a_newer_file_with_a_mistake_changes_nothing(loaded: Path) -> None:
    renew(loaded)
    alter(loaded, 'emergency_do: ["Call 999"]\n', "")
    (problem,) = problems_of(loaded)
    assert "emergency_do: Say this before publishing" in problem
    assert not SubstancePage.objects.get(slug="examplium").summary.startswith("News")
    assert not topic().summary.startswith("News")


def test_an_update_whose_address_is_taken_is_named(loaded: Path) -> None:
    page = topic()
    page.slug = "mine"
    page.explain(small=True)
    page.save_revision().publish()
    other = Page.objects.get(slug="help").specific
    other.slug = "examples"
    other.explain(small=True)
    other.save_revision().publish()
    with pytest.raises(StarterError, match=r"examples.md, line 3, slug: slug: .*already in use"):
        load(loaded, only=["examples"])
    assert StandardPage.objects.get(pk=page.pk).slug == "mine"


def test_the_same_thing_twice_in_the_files_is_named(loaded: Path) -> None:
    shutil.copy(loaded / TOPIC, loaded / "pages/again.md")
    (problem,) = problems_of(loaded)
    assert problem.startswith("examples.md, line 3, slug: the standard page examples stands in the files")


def test_a_load_that_fails_leaves_no_file_behind(loaded: Path) -> None:
    put_pack(loaded, next((STARTER / "packs/files").glob("*.docx")).read_bytes())
    alter(loaded, "page: examples", "page: nowhere", "intents.yaml")
    before = everything()
    problems_of(loaded)
    assert everything() == before


# A site that is older than the ledger


BEFORE_THE_LEDGER = importlib.import_module("prevention.home.migrations.0004_starter_ledger")


@pytest.fixture
def fill(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], None]:
    """Return what the migration does in a site whose ledger is empty, as if all was shipped as it is now."""
    shipped = tmp_path / "shipped.json"
    keys = StarterEntry.objects.values_list("key", "written")
    shipped.write_text(json.dumps(dict(keys)), encoding="utf-8")
    monkeypatch.setattr(BEFORE_THE_LEDGER, "SHIPPED", shipped)

    def run() -> None:
        StarterEntry.objects.all().delete()
        BEFORE_THE_LEDGER.fill(apps, None)

    return run


def test_what_has_not_been_edited_since_has_the_hash_that_it_was_shipped_with() -> None:
    """A field that is added changes no hash: else nobody's older site would be updated any more."""
    shipped = json.loads(BEFORE_THE_LEDGER.SHIPPED.read_text(encoding="utf-8"))
    now = dict(StarterEntry.objects.values_list("key", "written"))
    equal = {key.partition(":")[0] for key, written in shipped.items() if now.get(key) == written}
    # Helplines have a test of their own; of each substance the law has been edited since.
    assert {key.partition(":")[0] for key in shipped} - equal == {
        "help.Helpline",
        "substances.SubstancePage",
    }
    kratom = SubstancePage.objects.get(slug="kratom")
    rows = list(kratom.legal_statuses.all())
    for row in rows:
        row.checked_against = ""  # all that has been added to it
    kratom.legal_statuses.set(rows)
    assert hash_of(state_of(kratom)) == shipped["substances.SubstancePage:kratom"]


def pointer(key: str) -> str:
    return StarterEntry.objects.get(key=key).pointer


def test_an_older_site_gets_a_line_for_all_that_was_ever_loaded(fill: Callable[[], None]) -> None:
    ketamine = SubstancePage.objects.get(slug="ketamine")
    ketamine.slug = "ket"
    ketamine.explain(small=True)
    ketamine.save_revision().publish()
    delete_quickly(SubstancePage.objects.filter(slug="khat"))
    Intent.objects.get(code="self-harm").delete()
    pair = Interaction.objects.about([ketamine.pk]).first()
    assert pair is not None
    known = StarterEntry.objects.count()
    fill()
    assert StarterEntry.objects.count() == known > 400
    assert not StarterEntry.objects.filter(written="").exists()
    assert pointer("substances.SubstancePage:ketamine") == str(ketamine.translation_key)
    assert pointer("substances.SubstancePage:khat") == ""
    assert pointer("search.Intent:self-harm") == ""
    assert str(pair.pk) in StarterEntry.objects.filter(
        key__startswith="substances.Interaction:", key__contains="ketamine"
    ).values_list("pointer", flat=True)
    assert pointer("help.Helpline:frank") == str(Helpline.objects.get(code="frank").pk)
    # Since then a migration has rewritten helplines, and a load has given wordings to cards.
    for row in (*Helpline.objects.all(), *Intent.objects.exclude(wordings="")):
        key = f"{row._meta.label}:{row.change_key}"
        StarterEntry.objects.filter(key=key).update(written=hash_of(state_of(row)))
    before = ContentChange.objects.count()
    left = load().left
    assert "substance ketamine: editors have renamed it to ket." in left
    assert "substance khat: editors have removed it." in left
    assert "intent self-harm: editors have removed it." in left
    assert not SubstancePage.objects.filter(slug__in=["ketamine", "khat"]).exists()
    assert ContentChange.objects.count() == before
    assert load().left == []


def test_a_new_site_has_an_empty_ledger(fill: Callable[[], None]) -> None:
    delete_quickly(Page.objects.filter(depth=2))
    # Cards before the helplines that they choose.
    labels = {line.key.partition(":")[0] for line in StarterEntry.objects.all()}
    for label in sorted(labels, reverse=True):
        for row in apps.get_model(label)._default_manager.all():
            row.delete()
    fill()
    assert not StarterEntry.objects.exists()


# What it costs


@pytest.fixture
def cleaned(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each text is cleaned."""
    counts: Counter[str] = Counter()
    clean = sanitise.bleach.clean

    def counting(text: str, **options: Any) -> str:
        counts[text] += options.get("tags") == sanitise.TAGS
        return str(clean(text, **options))

    monkeypatch.setattr(sanitise.bleach, "clean", counting)
    return counts


def test_each_text_is_cleaned_once_in_a_load(folder: Path, cleaned: Counter[str]) -> None:
    load(folder)
    assert cleaned["<p>You can fall. This goes on in a second line.</p>\n"] == 1
    assert {text: n for text, n in cleaned.items() if text and n > 1} == {}
    alter(folder, "You can fall.", "You can fall over.")
    load(folder)
    assert cleaned["<p>You can fall over. This goes on in a second line.</p>\n"] == 1


def test_an_editors_text_is_cleaned_once_when_it_is_written(cleaned: Counter[str]) -> None:
    page = SubstancePage.objects.get(slug="ketamine")
    page.looks = "<p>New words.<script>x</script></p>"
    page.explain(small=True)
    page.save()
    page.save()
    assert cleaned["<p>New words.</p>"] == 1
    assert SubstancePage.objects.get(slug="ketamine").looks == "<p>New words.</p>"
    page.looks = page.looks + "<script>y</script>"  # what was clean and is added to is cleaned again
    page.save()
    assert SubstancePage.objects.get(slug="ketamine").looks == "<p>New words.</p>"


def test_a_new_page_is_saved_once(folder: Path) -> None:
    with CaptureQueriesContext(connection) as captured:
        load(folder)
    said = [query["sql"] for query in captured]
    for table, rows in (("substances_substancepage", 1), ("home_standardpage", 1), ("core_citation", 1)):
        assert sum(sql.startswith(f'INSERT INTO "{table}" ') for sql in said) == rows, table
        assert not any(sql.startswith(f'UPDATE "{table}" ') for sql in said), table


def test_what_publishing_leaves_behind_is_there(loaded: Path) -> None:
    page = SubstancePage.objects.get(slug="examplium")
    revision = page.live_revision
    assert revision == page.latest_revision
    assert revision.content["names"][0]["name"] == "exy"
    assert revision.as_object().names.count() == 1
    assert page.first_published_at == page.last_published_at is not None
    assert not page.has_unpublished_changes
    entries = PageLogEntry.objects.filter(page=page.pk).order_by("pk")
    assert [entry.action for entry in entries] == ["wagtail.create", "wagtail.publish"]
    assert entries[1].revision == revision
    assert list(SubstancePage.objects.search("exy")) == [page]
    card = Intent.objects.get(code="example")
    references = {reference.to_object_id for reference in ReferenceIndex.get_references_for_object(card)}
    assert references == {str(topic().pk), str(Helpline.objects.get(code="frank").pk)}
    lines = ContentChange.objects.filter(key=str(page.translation_key), cause="")
    assert [line.action for line in lines] == ["published"]


def test_an_updated_pack_keeps_the_files_that_are_the_same(loaded: Path) -> None:
    file, other = (path.read_bytes() for path in sorted((STARTER / "packs/files").glob("*.docx"))[:2])
    put_pack(loaded, file)
    load(loaded)
    (row,) = LessonPackPage.objects.get(slug="example-pack").files.all()
    alter(loaded, "Some words.", "Other words.", "packs/example.md")
    assert load(loaded).updated == 1
    (same,) = LessonPackPage.objects.get(slug="example-pack").files.all()
    assert (same.pk, same.document_id) == (row.pk, row.document_id)
    (loaded / "files/plan.docx").write_bytes(other)
    assert load(loaded).updated == 1
    (new,) = LessonPackPage.objects.get(slug="example-pack").files.all()
    assert new.pk == row.pk
    with new.document.file.open() as opened:
        assert opened.read() == other
