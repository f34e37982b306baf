"""The log of changes: one line for each thing that the public sees otherwise, with its cause, in order."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from wagtail.models import Collection, CollectionViewRestriction, Page, PageViewRestriction, Site

from prevention import clock
from prevention.alerts.models import Alert
from prevention.core.change_log import add_lines, everything_changed
from prevention.core.models import Action, ContentChange, Cursor, UnknownCursorError
from prevention.delivery.content_version import FIGURES, SCHOOLS, SEARCH, SITE, Scope, content_version
from prevention.help.models import Helpline, HelpPage
from prevention.home.models import HomePage, StandardPage
from prevention.indicators.services import release
from prevention.media.models import CandourDocument
from prevention.substances.models import (
    Family,
    Interaction,
    PenaltyProfile,
    SubstanceIndexPage,
    SubstancePage,
)
from resources.models import KeyStage, LessonPackPage, RiskGroup
from search.models import Intent, WordList
from tests.factories import (
    AlertFactory,
    InteractionFactory,
    LegalStatusFactory,
    StandardPageFactory,
    SubstancePageFactory,
)

pytestmark = pytest.mark.django_db
Lines = list[tuple[str, str]]
STAGE: dict[str, Any] = {"slug": "s9", "name": "S9", "year_from": 1, "year_to": 2, "age_min": 5, "age_max": 6}


@pytest.fixture(autouse=True)
def start() -> Cursor:
    """The end of the log before the test."""
    return Cursor.present()


def lines(start: Cursor) -> list[ContentChange]:
    return list(ContentChange.objects.since(start))


def told(start: Cursor, *, kind: str = "") -> Lines:
    """(slug or key, action) of each line since then."""
    return [(row.slug or row.key, row.action) for row in lines(start) if not kind or row.kind == kind]


def publish(page: Page, note: str = "", **values: Any) -> None:
    for name, value in values.items():
        setattr(page, name, value)
    page.explain(note, small=not note)
    page.save_revision().publish()
    page.refresh_from_db()


class TestPages:
    def test_a_page_has_a_line_each_time_it_is_seen_otherwise(self, start: Cursor) -> None:
        page = StandardPageFactory(title="Quixotic", live=False)
        assert lines(start) == []  # a draft is seen by nobody
        page.save_revision()
        assert lines(start) == []
        publish(page, "First version.")
        publish(page, body="<p>Other words.</p>")
        page.unpublish()
        page.unpublish()  # it is gone already
        publish(page)
        page.delete()
        assert told(start) == [
            ("quixotic", Action.PUBLISHED),
            ("quixotic", Action.UPDATED),
            ("quixotic", Action.WITHDRAWN),
            ("quixotic", Action.RESTORED),
            ("quixotic", Action.WITHDRAWN),
        ]
        first, *_, last = lines(start)
        assert first.reason == "First version."
        assert (first.kind, first.key, first.title) == ("topic", str(page.translation_key), "Quixotic")
        assert (first.hard, last.hard) == (False, True)

    def test_a_page_made_public_by_code_has_one(self, start: Cursor) -> None:
        StandardPageFactory(title="Quixotic")
        assert told(start) == [("quixotic", Action.PUBLISHED)]

    def test_what_only_editors_see_has_none(self, start: Cursor) -> None:
        page = StandardPage.objects.get(slug="about")
        page.save_revision()
        page.locked = True
        page.save(update_fields=["locked"])
        assert lines(start) == []

    def test_a_page_that_expires_is_saved_as_its_base(self, start: Cursor) -> None:
        page = StandardPageFactory(title="Quixotic")
        Page.objects.get(pk=page.pk).unpublish(set_expired=True)
        assert told(start)[-1] == ("quixotic", Action.EXPIRED)

    def test_a_new_slug_moves_what_is_below(self, start: Cursor) -> None:
        index = SubstanceIndexPage.objects.get()
        below = set(index.get_descendants().live().values_list("slug", flat=True))
        publish(index, slug="substances-a-to-z")
        rows = lines(start)
        assert {row.slug for row in rows} == {"substances-a-to-z", *below}
        assert len(rows) == 1 + len(below)
        assert {row.action for row in rows} == {Action.MOVED}
        (ketamine,) = (row for row in rows if row.slug == "ketamine")
        assert ketamine.old_address == "/drugs/ketamine/"
        assert SubstancePage.objects.get(slug="ketamine").url == "/substances-a-to-z/ketamine/"

    def test_a_page_that_is_moved_is_told_with_what_is_below(self, start: Cursor) -> None:
        above = StandardPageFactory(title="Above")
        below = StandardPageFactory(title="Below", parent=above)
        elsewhere = StandardPageFactory(title="Elsewhere")
        middle = Cursor.present()
        above.move(elsewhere, pos="last-child")
        assert told(middle) == [("above", Action.MOVED), ("below", Action.MOVED)]
        assert [row.old_address for row in lines(middle)] == ["/above/", "/above/below/"]
        assert Page.objects.get(pk=below.pk).url == "/elsewhere/above/below/"

    def test_a_tree_that_is_deleted_has_a_line_a_page(self, start: Cursor) -> None:
        above = StandardPageFactory(title="Above")
        StandardPageFactory(title="Below", parent=above)
        StandardPageFactory(title="Draft", parent=above, live=False)
        middle = Cursor.present()
        Page.objects.filter(pk=above.pk).delete()
        assert sorted(told(middle)) == [("above", Action.WITHDRAWN), ("below", Action.WITHDRAWN)]

    def test_what_is_closed_to_the_public_is_withdrawn_with_what_is_below(self, start: Cursor) -> None:
        above = StandardPageFactory(title="Above")
        below = StandardPageFactory(title="Below", parent=above)
        StandardPageFactory(title="Draft", parent=above, live=False)
        middle = Cursor.present()
        restriction = PageViewRestriction.objects.create(page=above, restriction_type="login")
        assert told(middle) == [("above", Action.WITHDRAWN), ("below", Action.WITHDRAWN)]
        publish(below, body="<p>For staff.</p>")
        assert len(lines(middle)) == 2
        restriction.delete()
        assert told(middle)[2:] == [("above", Action.RESTORED), ("below", Action.RESTORED)]
        PageViewRestriction.objects.create(page=above, restriction_type="login")
        above.delete()  # its restriction goes too, and opens nothing
        assert len(lines(middle)) == 6

    def test_a_page_moved_out_of_a_closed_place_is_there_again(self, start: Cursor) -> None:
        closed, page = StandardPageFactory(title="Closed"), StandardPageFactory(title="Quixotic")
        PageViewRestriction.objects.create(page=closed, restriction_type="login")
        middle = Cursor.present()
        page.move(closed, pos="last-child")
        Page.objects.get(pk=page.pk).move(HomePage.objects.get(), pos="last-child")
        assert told(middle) == [("quixotic", Action.WITHDRAWN), ("quixotic", Action.RESTORED)]

    def test_a_changed_emergency_part_is_hard(self, start: Cursor) -> None:
        page = SubstancePageFactory(title="Examplium")
        publish(page, looks="<p>White.</p>")
        publish(page, emergency_do="Call 999 at once")
        assert [row.hard for row in lines(start)] == [False, False, True]

    def test_another_root_changes_every_address(self, start: Cursor) -> None:
        site = Site.objects.get(is_default_site=True)
        site.save()
        assert [(row.kind, row.action) for row in lines(start)] == [("site", Action.UPDATED)]


class TestDependents:
    """What shows on a page changes it, although nobody saves it."""

    def test_penalties(self, start: Cursor) -> None:
        profile = PenaltyProfile.objects.get(regime="mda", drug_class="B")
        profile.save()
        first, *rest = lines(start)
        assert (first.kind, first.key, first.cause) == ("penaltyprofile", "mda B", "")
        pages = SubstancePage.objects.live().filter(legal_statuses__drug_class="B").distinct()
        assert {row.page_pk for row in rest} == set(pages.values_list("pk", flat=True)) != set()
        assert {(row.action, row.cause) for row in rest} == {(Action.UPDATED, "penaltyprofile:mda B")}

    def test_a_family(self, start: Cursor) -> None:
        family = Family.objects.get(slug="dissociatives")
        family.description = "They cut you off."
        family.save()
        assert ("ketamine", Action.UPDATED) in told(start, kind="substance")
        assert {row.cause for row in lines(start)[1:]} == {"family:dissociatives"}

    def test_a_mixing_record_is_hard_for_both_and_for_members_of_a_group(self, start: Cursor) -> None:
        group = SubstancePageFactory(title="Groupium", is_group=True)
        member, other, third = (SubstancePageFactory(title=f"Drug {name}") for name in "abc")
        member.groups.add(group)
        member.explain(small=True)
        member.save()
        middle = Cursor.present()
        record: Any = InteractionFactory(first=group, second=other)
        assert {slug for slug, _ in told(middle, kind="substance")} == {"groupium", "drug-a", "drug-b"}
        assert all(row.hard for row in lines(middle))
        middle = Cursor.present()
        record.second = third
        record.save()  # the page that it was on before shows it no more
        assert {slug for slug, _ in told(middle, kind="substance")} == {
            "groupium",
            "drug-a",
            "drug-b",
            "drug-c",
        }

    def test_the_title_of_a_page_that_others_name(self, start: Cursor) -> None:
        one, other = SubstancePageFactory(title="Drug a"), SubstancePageFactory(title="Drug b")
        InteractionFactory(first=one, second=other)
        middle = Cursor.present()
        publish(one, looks="<p>White.</p>")
        assert told(middle) == [("drug-a", Action.UPDATED)]
        publish(one, title="Drug A")
        assert told(middle)[1:] == [("drug-a", Action.UPDATED), ("drug-b", Action.UPDATED)]
        middle = Cursor.present()
        one.unpublish()
        assert dict(told(middle, kind="substance")) == {
            "drug-a": Action.WITHDRAWN,
            "drug-b": Action.UPDATED,
        }
        assert told(middle, kind="interaction") == []  # the record is kept

    def test_helplines_alerts_stages_groups_and_files(self, start: Cursor) -> None:
        pack, page = LessonPackPage.objects.all()[0], SubstancePageFactory(title="Examplium")
        for change, shown in (
            (Helpline.objects.get(code="frank"), HelpPage.objects.get()),
            (pack.key_stages.all()[0], pack),
            (pack.risk_groups.all()[0], pack),
            (pack.files.all()[0].document, pack),
        ):
            middle = Cursor.present()
            change.save()
            assert shown.pk in [row.page_pk for row in lines(middle)], change
        middle = Cursor.present()
        alert: Any = AlertFactory()
        assert told(middle) == [(str(alert.pk), Action.PUBLISHED)]
        middle = Cursor.present()
        alert.substances.add(page)
        alert.save()
        assert set(told(middle)) == {(str(alert.pk), Action.UPDATED), ("examplium", Action.UPDATED)}
        middle, key = Cursor.present(), str(alert.pk)
        alert.delete()
        assert told(middle) == [(key, Action.WITHDRAWN), ("examplium", Action.UPDATED)]

    def test_a_page_that_nobody_can_read_has_no_line(self, start: Cursor) -> None:
        page = SubstancePageFactory(title="Examplium", live=False)
        InteractionFactory(first=page, second=SubstancePage.objects.get(slug="ketamine"))
        assert ("examplium", Action.UPDATED) not in told(start)


class TestDates:
    """The law and alerts begin and end with nobody saving them."""

    def run_on(self, day: datetime.date, stop_clock: Callable[..., None]) -> None:
        stop_clock(datetime.datetime.combine(day, datetime.time(0, 0, 5), datetime.UTC))
        call_command("log_effective_dates")

    def test_a_law_is_in_force_on_its_day_once(self, start: Cursor, stop_clock: Callable[..., None]) -> None:
        page = SubstancePageFactory(title="Examplium")
        day = datetime.date(2031, 1, 15)
        row: Any = LegalStatusFactory(page=page, effective_from=day)
        LegalStatusFactory(page=page, effective_from=day, verified_on=None)
        middle = Cursor.present()
        self.run_on(day - datetime.timedelta(days=1), stop_clock)
        assert lines(middle) == []
        self.run_on(day, stop_clock)
        self.run_on(day, stop_clock)
        (line,) = lines(middle)
        assert (line.slug, line.action) == ("examplium", Action.IN_FORCE)
        assert line.cause == f"legalstatus:{row.pk}"
        assert line.effective_at == datetime.datetime(2031, 1, 15, tzinfo=datetime.UTC)

    def test_an_alert_begins_and_ends(self, start: Cursor, stop_clock: Callable[..., None]) -> None:
        first, last = datetime.date(2031, 6, 1), datetime.date(2031, 6, 20)
        alert: Any = AlertFactory(effective_from=first, expires_on=last)
        alert.substances.add(SubstancePageFactory(title="Examplium"))
        alert.save()
        middle = Cursor.present()
        for day in (first, last):
            self.run_on(day, stop_clock)
        assert told(middle) == [
            (str(alert.pk), Action.IN_FORCE),
            ("examplium", Action.UPDATED),
            (str(alert.pk), Action.EXPIRED),
            ("examplium", Action.UPDATED),
        ]
        # Midnight in London, in summer.
        assert lines(middle)[0].effective_at == datetime.datetime(2031, 5, 31, 23, tzinfo=datetime.UTC)

    def test_days_that_were_missed_are_made_up_for(
        self, start: Cursor, stop_clock: Callable[..., None]
    ) -> None:
        stop_clock(datetime.datetime(2031, 1, 10, 0, 0, 5, tzinfo=datetime.UTC))
        call_command("run_job", "log_effective_dates")
        LegalStatusFactory(page=SubstancePageFactory(), effective_from=datetime.date(2031, 1, 12))
        middle = Cursor.present()
        stop_clock(datetime.datetime(2031, 1, 15, 9, tzinfo=datetime.UTC))
        call_command("run_job", "log_effective_dates")
        assert [row.action for row in lines(middle)] == [Action.IN_FORCE]


class TestScopes:
    """What is shown nowhere on a page leaves its kept answer as it is."""

    @pytest.mark.parametrize(
        ("change", "raised"),
        [
            (lambda: StandardPage.objects.get(slug="about").save(), {Scope.SITE}),
            (lambda: Helpline.objects.get(code="frank").save(), {Scope.SITE}),
            (lambda: Interaction.objects.get(pk=1).save(), {Scope.SITE}),
            (AlertFactory, {Scope.SITE}),
            (lambda: KeyStage.objects.create(**STAGE), {Scope.SCHOOLS}),
            (lambda: RiskGroup.objects.create(slug="x", name="X"), {Scope.SCHOOLS}),
            (lambda: new_document().save(), {Scope.SCHOOLS}),
            (lambda: Collection.get_first_root_node().add_child(name="New"), {Scope.SCHOOLS}),
            (lambda: Intent.objects.get(code="quitting").save(), {Scope.SEARCH}),
            (lambda: WordList.objects.get(code="same").save(), {Scope.SEARCH}),
            (lambda: release(period=datetime.date(2026, 1, 1)), {Scope.FIGURES}),
            (lambda: StandardPage.objects.get(slug="about").save_revision(), set()),
            (lambda: everything_changed("A test."), set(Scope)),
        ],
    )
    def test_what_voids_what(self, change: Callable[[], Any], raised: set[Scope]) -> None:
        before = content_version()
        change()
        after = content_version()
        assert {
            scope for scope in Scope if before.of(frozenset({scope})) != after.of(frozenset({scope}))
        } == raised
        assert (before.token != after.token) is bool(raised)

    @pytest.mark.parametrize(
        ("address", "kept_through"),
        [
            ("/", {Scope.SCHOOLS, Scope.SEARCH, Scope.FIGURES}),
            ("/drugs/", {Scope.SCHOOLS, Scope.SEARCH, Scope.FIGURES}),
            ("/drugs/ketamine/", {Scope.SCHOOLS, Scope.SEARCH, Scope.FIGURES}),
            ("/api/v1/substances/ketamine", {Scope.SCHOOLS, Scope.SEARCH, Scope.FIGURES}),
            ("/resources/", {Scope.SEARCH, Scope.FIGURES}),
            ("/resources/ketamine-and-choices/", {Scope.SEARCH, Scope.FIGURES}),
            ("/api/v1/resources/ketamine-and-choices", {Scope.SEARCH, Scope.FIGURES}),
            ("/indicators/", {Scope.SCHOOLS, Scope.SEARCH}),
            ("/api/v1/indicators", {Scope.SCHOOLS, Scope.SEARCH}),
        ],
    )
    def test_what_is_kept(
        self,
        reader: Client,
        queries: Callable[[Callable[[], Any]], int],
        address: str,
        kept_through: set[Scope],
    ) -> None:
        for scope in Scope:
            reader.get(address)
            with transaction.atomic():
                add_lines([ContentChange(scope=scope, kind="test", key="x", action=Action.UPDATED)])
            cost = queries(lambda: reader.get(address))
            assert (cost == 1) is (scope in kept_through), scope

    @pytest.mark.parametrize(
        "address", ["/", "/drugs/", "/drugs/ketamine/", "/help/", "/spiking/", "/changes/"]
    )
    def test_what_is_kept_would_be_made_the_same(self, reader: Client, address: str) -> None:
        """A scope left out of a page must really show nowhere on it."""
        before = reader.get(address).content
        for stage in KeyStage.objects.all():
            stage.name = f"Another {stage.name}"
            stage.save()
        for group in RiskGroup.objects.all():
            group.name = f"Another {group.name}"
            group.save()
        for intent in Intent.objects.all():
            intent.heading = f"Another {intent.heading}"
            intent.save()
        for document in CandourDocument.objects.all():
            document.title = f"Another {document.title}"
            document.save()
        release(period=datetime.date(2026, 1, 1))
        everything_changed("A test.")
        assert reader.get(address).content == before

    def test_the_scopes_of_what_is_kept_hold_the_site(self) -> None:
        assert all(Scope.SITE in scopes for scopes in (SITE, SCHOOLS, SEARCH, FIGURES))


def new_document() -> CandourDocument:
    document = CandourDocument(title="Leaflet")
    document.file.save("leaflet.pdf", ContentFile(b"%PDF-1.4"), save=False)
    return document


class TestDoors:
    """Whoever makes a change, it is in the log; and it is not in the log unless it is made."""

    @pytest.mark.parametrize(
        "model", [Alert, Family, Helpline, Intent, Interaction, KeyStage, PenaltyProfile, RiskGroup, WordList]
    )
    def test_snippets_can_not_be_changed_in_bulk(self, model: Any) -> None:
        rows = list(model.objects.all()[:1])
        for change in (
            lambda: model.objects.filter(pk=0).update(pk=1),
            lambda: model.objects.bulk_create(rows),
            lambda: model.objects.bulk_update(rows, ["id"]),
        ):
            with pytest.raises(TypeError, match="Save each of them"):
                change()

    def test_snippets_deleted_in_bulk_have_a_line_each(self, start: Cursor) -> None:
        count = WordList.objects.count()
        WordList.objects.all().delete()
        assert [action for _, action in told(start)] == [Action.WITHDRAWN] * count

    def test_files_moved_to_another_collection_in_bulk(self, start: Cursor) -> None:
        staff = Client()
        staff.force_login(get_user_model().objects.create_superuser("kim", "kim@candour.example", "x"))
        closed = Collection.get_first_root_node().add_child(name="For staff")
        CollectionViewRestriction.objects.create(collection=closed, restriction_type="login")
        document = LessonPackPage.objects.all()[0].files.all()[0].document
        middle = Cursor.present()
        answer = staff.post(
            f"/admin/bulk/media/candourdocument/add_to_collection/?id={document.pk}",
            {"collection": closed.pk},
        )
        assert answer.status_code == 302
        document.refresh_from_db()
        assert document.collection == closed
        assert (str(document.pk), Action.UPDATED) in told(middle)


class TestNumbers:
    """The numbers and tokens that the database gives."""

    def test_numbers_follow_each_other(self, start: Cursor) -> None:
        for _ in range(3):
            Helpline.objects.get(code="frank").save()
        numbers = [row.version for row in lines(start)]
        assert numbers == list(range(start.version + 1, start.version + 1 + len(numbers)))
        assert len({row.token for row in lines(start)}) == len(numbers)
        last = ContentChange.objects.order_by("-version")[0]
        assert Cursor.present() == last.cursor == Cursor.parse(str(last.cursor))

    def test_a_line_is_never_altered_or_deleted(self, start: Cursor) -> None:
        Helpline.objects.get(code="frank").save()
        (row, *_) = lines(start)
        for attempt in (
            row.save,
            row.delete,
            lambda: ContentChange.objects.all().update(reason="x"),
            lambda: ContentChange.objects.all().delete(),
        ):
            with pytest.raises(TypeError, match="never"):
                attempt()
        statement = "UPDATE core_contentchange SET reason = 'x'"
        with (
            connection.cursor() as cursor,
            pytest.raises(DatabaseError, match="never altered"),
            transaction.atomic(),
        ):
            cursor.execute(statement)

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            ("", "This is not a cursor"),
            ("441", "This is not a cursor"),
            ("441.XYZ", "This is not a cursor"),
            ("-1.0123456789abcdef", "This is not a cursor"),
            ("99999999999999999999.0123456789abcdef", "This is not a cursor"),
            ("1.0123456789abcdef", "a backup may have been put back"),
            ("999999.0123456789abcdef", "a backup may have been put back"),
        ],
    )
    def test_a_cursor_of_another_log_is_refused_with_a_sentence(self, text: str, sentence: str) -> None:
        with pytest.raises(UnknownCursorError, match=sentence):
            ContentChange.objects.since(Cursor.parse(text))

    def test_the_beginning_is_a_cursor(self) -> None:
        assert ContentChange.objects.since(Cursor()).count() == ContentChange.objects.count()
        assert str(Cursor()) == "0"


def test_an_unknown_job_is_named_with_those_there_are() -> None:
    with pytest.raises(CommandError, match=r"no job called sweep\. Choose one of: .*publish_scheduled"):
        call_command("run_job", "sweep")


def test_today_is_a_day_in_london() -> None:
    late = datetime.datetime(2026, 7, 1, 23, 30, tzinfo=datetime.UTC)
    assert clock.day_of(late) == datetime.date(2026, 7, 2)
