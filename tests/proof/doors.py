"""The doors: every way in which something becomes public or stops being public, as one act in the real admin.

For a schedule the act is the command that the scheduler runs when the time has come.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlencode

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from wagtail.models import Collection, CollectionViewRestriction, Page, PageViewRestriction
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from prevention import clock
from prevention.core.models import Fact
from prevention.core.references import references_to
from prevention.editorial.models import SignOff
from prevention.help.models import Helpline
from prevention.home.models import HomePage
from prevention.media.models import CandourDocument
from prevention.substances.models import (
    Interaction,
    PenaltyProfile,
    SubstanceIndexPage,
    SubstancePage,
)
from prevention.users.models import User
from resources.models import KeyStage, PackFile, ResourceIndexPage
from tests import facts
from tests.conftest import BROWSER, Browser
from tests.factories import (
    DAY,
    AlertFactory,
    InteractionFactory,
    LegalStatusFactory,
    LessonPackPageFactory,
    StandardPageFactory,
    SubstancePageFactory,
)
from tests.proof.agreement import Other, Watched

# English words that no page of the starter content has together.
OLD = "Marmalade under an umbrella"
NEW = "A trombone in a lighthouse"
BOTH = (OLD, NEW)
ELSEWHERE = "What it says is not here"
HOUR = datetime.timedelta(hours=1)
SOURCE = {
    "section": "mixing",
    "title": "A study",
    "publisher": "NHS",
    "url": "https://www.nhs.uk/",
    "accessed": "2026-11-24",
}
CHILDREN = ("names", "search_lists", "routes", "legal_statuses", "questions", "citations", "comments")


class Scene:
    """An administrator's browser, a new visitor's browser, and the pages or things that the act is about."""

    def __init__(self) -> None:
        self.user, _ = User.objects.get_or_create(
            username="robin", defaults={"is_superuser": True, "is_staff": True}
        )
        self.admin = Client()
        self.admin.force_login(self.user)
        # Who wrote a text does not approve it, and each step takes another person.
        self.first, self.second = (
            User.objects.get_or_create(
                username=name, defaults={"is_superuser": True, "is_staff": True, "sign_off_role": "A nurse"}
            )[0]
            for name in ("first", "second")
        )
        self.reviewer = Client()
        self.reviewer.force_login(self.second)
        self.reader = Browser(headers=BROWSER)
        self.note = ""
        self.pages: list[Page] = []
        self.things: list[Model] = []
        self._numbers = count(1)

    @property
    def page(self) -> Page:
        return self.pages[0]

    def clear(self) -> None:
        """Remove what the last act was about, whatever state it is in."""
        self._remove(thing for thing in self.things if isinstance(thing, Interaction))
        for page in Page.objects.filter(slug__startswith="examplium").order_by("-path"):
            SignOff.objects.for_instance(page).delete()
            page.specific.delete()
        self._remove(self.things)
        for section in HomePage.objects.filter(slug="section"):
            for page in section.get_children():
                page.move(HomePage.objects.get(depth=2), pos="last-child")
            section.refresh_from_db()
            section.delete()
        self.pages, self.things = [], []
        self.note = f"Number {next(self._numbers)} was wrong: mended."

    def _remove(self, things: Iterable[Model]) -> None:
        for thing in things:
            for row in type(thing)._base_manager.filter(pk=thing.pk):
                if isinstance(row, Fact):
                    SignOff.objects.for_instance(row).delete()
                if not references_to(row):  # a penalty is that of other pages too
                    row.delete()

    def add(self, *pages: Page) -> None:
        """Add pages to those that the act is about."""
        self.pages += [type(page).objects.get(pk=page.pk) for page in pages]


@dataclass(frozen=True)
class Door:
    """One door. `arrange` creates what the act needs; `is_done` returns whether the act has had its effect.

    `is_repeated` is true if the scheduler does an interrupted act again.
    """

    name: str
    arrange: Callable[[Scene], None]
    act: Callable[[Scene], None]
    watched: Callable[[Scene], Watched]
    is_done: Callable[[Scene], bool] = field(default=lambda scene: True)
    is_repeated: bool = False


DOORS: dict[str, Door] = {}


def door(*doors: Door) -> None:
    """Add doors to DOORS."""
    DOORS.update({one.name: one for one in doors})


def sent(client: Client, address: str, data: dict[str, Any] | None = None) -> None:
    """Send a form, and check that the admin accepted it."""
    response = client.post(address, data or {})
    taken = response.status_code == 302 or b"set_privacy_done" in response.content
    assert taken, (address, response.status_code, errors(response))


def errors(response: Any) -> object:
    """Return the errors of the form on a page, or the beginning of the page if it has no form."""
    form = (response.context or {}).get("form") if response.context is not None else None
    return form.errors if form is not None else response.content[:500]


# What pages are made of


def substances(scene: Scene, names: Sequence[str], words: str = OLD, *, live: bool = True) -> None:
    """Create substances with few rows, so that an act makes few writes."""
    scene.add(*(SubstancePageFactory(title=name, summary=words, live=live) for name in names))


def live_page(scene: Scene) -> None:
    """Create one public page."""
    substances(scene, ["Examplium"])


def live_pages(scene: Scene) -> None:
    """Create two public pages."""
    substances(scene, ["Examplium", "Exampliumine"])


def drafts(scene: Scene) -> None:
    """Create three pages that are drafts with the new text."""
    substances(scene, ["Examplium", "Exampliumine", "Exampliumone"], live=False)
    for page in scene.pages:
        draft(scene, page)


def draft(scene: Scene, page: Page, **more: Any) -> Any:
    """Write the new words into a draft of a page."""
    page.summary = NEW
    page.explain(scene.note)
    page.next_review = clock.today() + datetime.timedelta(days=365)
    return page.save_revision(user=scene.user, **more)


def form_of(scene: Scene, **changes: Any) -> dict[str, Any]:
    """Return the form of a small substance as a browser sends it, with the button 'Publish' pressed."""
    data = {
        "title": "Examplium",
        "slug": "examplium",
        "summary": NEW,
        "emergency_signs": "They do not wake up",
        "emergency_do": "Call 999",
        "mixing": rich_text("<p>Nobody has written about mixing it.</p>"),
        "change_note": scene.note,
        "action-publish": "1",
        **{name: inline_formset([]) for name in CHILDREN},
        "citations": inline_formset([SOURCE]),
    }
    return dict(nested_form_data({**data, **changes}))


def page_url(name: str, page: Page, *more: object) -> str:
    """Return the address of one of Wagtail's admin views of a page."""
    return reverse(f"wagtailadmin_pages:{name}", args=[page.pk, *more])


def bulk(scene: Scene, action: str, data: dict[str, Any] | None = None) -> None:
    """Do one act on all the pages of the scene."""
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
    chosen = urlencode([("id", page.pk) for page in scene.pages])
    sent(scene.admin, f"{address}?next=/admin/&{chosen}", data)


def watch(*names: str) -> Callable[[Scene], Watched]:
    """Return a function that watches the substances with these slugs."""
    return lambda scene: Watched(tuple(f"/drugs/{name}/" for name in names), BOTH, scene.note)


ONE = watch("examplium")
TWO = watch("examplium", "exampliumine")
THREE = watch("examplium", "exampliumine", "exampliumone")


def says(words: str) -> Callable[[Scene], bool]:
    """Return whether all pages of the scene are live and have this text."""

    def ask(scene: Scene) -> bool:
        rows = SubstancePage.objects.filter(pk__in=[page.pk for page in scene.pages], live=True)
        return {row.summary for row in rows} == {words} and len(rows) == len(scene.pages)

    return ask


def none_is_public(scene: Scene) -> bool:
    """Return whether no page of the scene is public."""
    return not Page.objects.filter(pk__in=[page.pk for page in scene.pages]).live().public().exists()


# Pages: written, withdrawn, closed


def publish(scene: Scene) -> None:
    """Publish the page from its form."""
    sent(scene.admin, page_url("edit", scene.page), form_of(scene))


def create(scene: Scene) -> None:
    """Create and publish a page from the form for a new one."""
    index = SubstanceIndexPage.objects.get()
    address = reverse("wagtailadmin_pages:add", args=["substances", "substancepage", index.pk])
    sent(scene.admin, address, form_of(scene))


def publish_elsewhere(scene: Scene) -> None:
    """Publish the page under another slug."""
    sent(scene.admin, page_url("edit", scene.page), form_of(scene, slug="examplium-two"))


def was_created(scene: Scene) -> bool:
    """Return whether the new page is live with the new text."""
    return bool(SubstancePage.objects.filter(slug="examplium", summary=NEW, live=True).exists())


def closed_page(scene: Scene) -> None:
    """Create a page that only people who are signed in may read."""
    live_page(scene)
    PageViewRestriction.objects.create(page=scene.page, restriction_type=PageViewRestriction.LOGIN)


def privacy(kind: str) -> Callable[[Scene], None]:
    """Return an act that sets who may read the page: 'none' is for everybody, 'login' only for staff."""
    return lambda scene: sent(
        scene.admin, page_url("set_privacy", scene.page), {"restriction_type": kind, "password": ""}
    )


def waiting_page(scene: Scene) -> None:
    """A page whose new text has been approved in every step but the last."""
    live_page(scene)
    draft(scene, scene.page)
    scene.page.get_workflow().start(scene.page, scene.user)
    approve_first(scene, scene.page.pk)


def approve_first(scene: Scene, number: int) -> None:
    """Approve the first step of the workflow of a page (id)."""
    state = SubstancePage.objects.get(pk=number).current_workflow_task_state
    state.task.specific.on_action(state.specific, scene.first, "approve")


def approve(scene: Scene) -> None:
    """Approve the last step of the workflow."""
    page = SubstancePage.objects.get(pk=scene.page.pk)
    state = page.current_workflow_task_state
    response = scene.reviewer.post(page_url("workflow_action", page, "approve", state.pk), {"comment": ""})
    assert response.status_code == 302, response.content[:300]


door(
    Door("publish", live_page, publish, ONE, says(NEW)),
    Door("create and publish", lambda scene: None, create, ONE, was_created),
    Door("slug changed", live_page, publish_elsewhere, watch("examplium", "examplium-two"), says(NEW)),
    Door(
        "unpublish",
        live_page,
        lambda scene: sent(scene.admin, page_url("unpublish", scene.page), {"reason": "It is mended."}),
        ONE,
        none_is_public,
    ),
    Door(
        "delete",
        live_page,
        lambda scene: sent(scene.admin, page_url("delete", scene.page)),
        ONE,
        none_is_public,
    ),
    Door("made private", live_page, privacy("login"), ONE, none_is_public),
    Door("made public", closed_page, privacy("none"), ONE, lambda scene: not none_is_public(scene)),
    Door("workflow end", waiting_page, approve, ONE, says(NEW)),
    Door(
        "bulk publish",
        drafts,
        lambda scene: bulk(scene, "publish", {"include_descendants": ""}),
        THREE,
        says(NEW),
    ),
    Door(
        "bulk unpublish",
        live_pages,
        lambda scene: bulk(scene, "unpublish", {"include_descendants": "", "reason": "It is mended."}),
        TWO,
        none_is_public,
    ),
    Door("bulk delete", live_pages, lambda scene: bulk(scene, "delete"), TWO, none_is_public),
)


# Pages: by a schedule


def scheduled_page(scene: Scene) -> None:
    """Create two drafts whose time for publishing has come."""
    substances(scene, ["Examplium", "Exampliumine"], live=False)
    for page in scene.pages:
        page.go_live_at = clock.now() - HOUR
        draft(scene, page, approved_go_live_at=page.go_live_at)


def expiring_page(scene: Scene) -> None:
    """Create a public page whose time of expiry has come."""
    live_page(scene)
    scene.page.expire_at = clock.now() - HOUR
    scene.page.save()


def run_schedule(scene: Scene) -> None:
    """Run the command of the scheduler."""
    call_command("publish_scheduled")


door(
    Door("scheduled publish", scheduled_page, run_schedule, TWO, says(NEW), is_repeated=True),
    Door("scheduled expiry", expiring_page, run_schedule, ONE, none_is_public, is_repeated=True),
)


# Pages that change their place


def section(scene: Scene) -> HomePage:
    """Create and return a second parent page below the home page."""
    home = HomePage.objects.get(depth=2)
    made: HomePage = home.add_child(
        instance=HomePage(
            title="A section", slug="section", summary="A part.", hero_heading="A part", hero_text="A part"
        )
    )
    return made


def page_beside_section(scene: Scene) -> None:
    """Create a topic page, and a section to move it to."""
    scene.add(StandardPageFactory(title="Examplium topic", slug="examplium-topic", summary=OLD, body=OLD))
    section(scene)


def packs_beside_section(scene: Scene) -> None:
    """Create a lesson pack, and a section to move the finder and its packs to."""
    scene.add(LessonPackPageFactory(title="Examplium pack", slug="examplium-pack", summary=OLD))
    section(scene)


def move(scene: Scene, page: Page) -> None:
    """Move a page below the section."""
    section = HomePage.objects.get(slug="section")
    sent(scene.admin, page_url("move_confirm", page, section.pk))


door(
    Door(
        "move",
        page_beside_section,
        lambda scene: move(scene, scene.page),
        lambda scene: Watched(("/examplium-topic/", "/section/examplium-topic/"), BOTH),
        lambda scene: "/section/examplium-topic/" in str(Page.objects.get(pk=scene.page.pk).url_path),
    ),
    Door(
        "move of a tree",
        packs_beside_section,
        lambda scene: move(scene, ResourceIndexPage.objects.get()),
        lambda scene: Watched(
            ("/resources/examplium-pack/", "/section/resources/examplium-pack/"),
            BOTH,
            others=tuple(Other(address, set) for address in ("/", "/section/")),
        ),
        lambda scene: "/section/resources/" in str(Page.objects.get(pk=scene.page.pk).url_path),
    ),
)


# Snippets and files


def held_by(thing: Callable[[], Model | None], name: str) -> Callable[[], set[str]]:
    """Return which of the texts is in a field of a row."""

    def read() -> set[str]:
        row = thing()
        return {text for text in BOTH if row is not None and text in str(getattr(row, name))}

    return read


def stored(scene: Scene) -> Model | None:
    """Return the row of the thing in the database, or None; of a fact only while it is live."""
    thing = scene.things[0]
    row = type(thing)._base_manager.filter(pk=thing.pk).first()
    return row if getattr(row, "is_public", True) else None


def watch_thing(name: str, *addresses: str) -> Callable[[Scene], Watched]:
    """Return a function that watches a field of the thing at these addresses."""

    def watched(scene: Scene) -> Watched:
        held = held_by(lambda: stored(scene), name)
        return Watched(texts=BOTH, others=tuple(Other(address, held) for address in addresses))

    return watched


def thing_says(name: str) -> Callable[[Scene], bool]:
    """Return a function: whether the thing's field has the new text."""
    return lambda scene: NEW in str(getattr(stored(scene), name, ""))


def edit_thing(name: str) -> Callable[[Scene], None]:
    """Return an act that writes the new words into one field of a snippet, in its own form."""

    def act(scene: Scene) -> None:
        thing = scene.things[0]
        url = reverse(thing.snippet_viewset.get_url_name("edit"), args=[thing.pk])  # type: ignore[attr-defined]
        form = scene.admin.get(url).context["form"]
        data = {
            bound.html_name: value.pk if isinstance(value, Model) else value
            for bound in form
            if (value := bound.value()) is not None
        }
        sent(scene.admin, url, {**data, name: NEW})

    return act


def with_draft(arrange: Callable[[Scene], None], name: str) -> Callable[[Scene], None]:
    """Return an arrangement that also saves a draft of the thing with the new words in one field."""

    def arranged(scene: Scene) -> None:
        arrange(scene)
        facts.changed(scene.things[0], name, NEW)

    return arranged


def in_review(arrange: Callable[[Scene], None], name: str) -> Callable[[Scene], None]:
    """Return an arrangement in which a draft of the thing is approved in every step but the last."""

    def arranged(scene: Scene) -> None:
        with_draft(arrange, name)(scene)
        thing = facts.fresh(scene.things[0])
        thing.get_workflow().start(thing, scene.user)
        state = thing.current_workflow_task_state
        state.task.specific.on_action(state.specific, scene.first, "approve")

    return arranged


def publish_urgently(scene: Scene) -> None:
    """Publish the draft of the thing by the urgent route."""
    thing = facts.fresh(scene.things[0])
    data = {"revision": thing.latest_revision_id, "reason": "It is urgent."}
    sent(scene.admin, facts.address(thing, "urgent"), data)


def approve_thing(scene: Scene) -> None:
    """Approve the last step of the review of the thing."""
    thing = facts.fresh(scene.things[0])
    state = thing.current_workflow_task_state
    sent(scene.reviewer, facts.address(thing, "workflow_action", "approve", state.pk), {"comment": ""})


def withdraw_thing(scene: Scene) -> None:
    """Withdraw the thing."""
    sent(scene.admin, facts.address(scene.things[0], "unpublish"))


def pair(scene: Scene) -> None:
    """Create two pages and a record on mixing them."""
    substances(scene, ["Examplium", "Exampliumine"], ELSEWHERE)
    one, other = scene.pages
    scene.things = [InteractionFactory.create(first=one, second=other, explanation=OLD)]


def no_pair(scene: Scene) -> bool:
    """Return whether the record on mixing is gone."""
    return not Interaction.objects.filter(pk=scene.things[0].pk).exists()


def delete_pair(scene: Scene) -> None:
    """Delete the record on mixing by a bulk action."""
    address = reverse("wagtail_bulk_action", args=["substances", "interaction", "delete"])
    sent(scene.admin, f"{address}?next=/admin/&id={scene.things[0].pk}")


def helpline(scene: Scene) -> None:
    """Create a helpline."""
    made = Helpline(code="examplium", name="Examplium line", what_for=OLD, kind="drugs", phone="0800 1111")
    made.source_title, made.source_url, made.verified_on = "A source", "https://example.org/", DAY
    made.save()
    scene.things = [made]


def alert(scene: Scene) -> None:
    """Create an alert for every page."""
    scene.things = [AlertFactory.create(summary=OLD)]


def penalty(scene: Scene) -> None:
    """Create a page with a Class B status, and give the penalty profile for it the old words."""
    substances(scene, ["Examplium"], ELSEWHERE)
    LegalStatusFactory(page=scene.page, regime="mda", drug_class="B")
    profile = PenaltyProfile.objects.get(regime="mda", drug_class="B")
    profile.possession_max = OLD
    profile.save()
    scene.things = [profile]


def stage(scene: Scene) -> None:
    """Create a key stage."""
    ages = {"year_from": 1, "year_to": 2, "age_min": 5, "age_max": 6}
    scene.things = [KeyStage.objects.create(slug="ex1", name=OLD, **ages)]


def pdf(words: str) -> bytes:
    """Return the bytes of a file that passes for a PDF, with this text."""
    return b"%PDF-1.4\n" + words.encode()


def pack(scene: Scene) -> None:
    """Create a lesson pack with one file."""
    scene.add(LessonPackPageFactory(title="Examplium pack", slug="examplium-pack", summary=ELSEWHERE))
    document = CandourDocument.objects.create(title="Plan", file=ContentFile(pdf(OLD), name="plan.pdf"))
    PackFile.objects.create(page=scene.page, document=document, kind="lesson_plan", title="Plan")
    scene.things = [document]


def watch_file(scene: Scene) -> Watched:
    """Watch the file of the pack."""
    (row,) = PackFile.objects.filter(page=scene.page.pk)

    def held() -> set[str]:
        with CandourDocument.objects.get(pk=scene.things[0].pk).open_file() as file:
            content = file.read().decode()
        return {text for text in BOTH if text in content}

    return Watched(texts=BOTH, others=(Other(f"/resources/examplium-pack/files/{row.pk}/", held),))


def replace_file(scene: Scene) -> None:
    """Upload a new file for the document."""
    file = SimpleUploadedFile("plan.pdf", pdf(NEW), content_type="application/pdf")
    document = CandourDocument.objects.get(pk=scene.things[0].pk)
    data = {"title": "Plan", "file": file, "collection": document.collection_id, "tags": ""}
    sent(scene.admin, reverse("wagtaildocs:edit", args=[document.pk]), data)


def file_is_new(scene: Scene) -> bool:
    """Return whether the document has the new file."""
    with CandourDocument.objects.get(pk=scene.things[0].pk).open_file() as file:
        return NEW.encode() in file.read()


def file_and_closed_collection(scene: Scene) -> None:
    """Create a lesson pack with one file, and a collection that only staff may see."""
    pack(scene)
    PackFile.objects.filter(page=scene.page.pk).update(title=OLD)
    closed = Collection.get_first_root_node().add_child(name="Examplium")
    CollectionViewRestriction.objects.create(collection=closed, restriction_type="login")
    scene.things.append(closed)


def put_away(scene: Scene) -> None:
    """Move the document to the closed collection."""
    document, closed = scene.things
    address = reverse("wagtail_bulk_action", args=["media", "candourdocument", "add_to_collection"])
    sent(scene.admin, f"{address}?next=/admin/&id={document.pk}", {"collection": closed.pk})


def is_put_away(scene: Scene) -> bool:
    """Return whether the document is in the closed collection."""
    document, closed = scene.things
    return bool(CandourDocument.objects.filter(pk=document.pk, collection=closed.pk).exists())


def watch_closed_file(scene: Scene) -> Watched:
    """Watch the page of the pack, which must not name a file in a closed collection."""
    held = lambda: set() if is_put_away(scene) else {OLD}  # noqa: E731
    return Watched(texts=BOTH, others=(Other("/resources/examplium-pack/", held),))


PAIR = ("/drugs/examplium/", "/drugs/exampliumine/", "/api/v1/substances/examplium", "/api/v1/interactions")
WATCH_PAIR = watch_thing("explanation", *PAIR)
LAW = ("/drugs/examplium/", "/api/v1/substances/examplium")
FINDER = "/resources/"
HELP = ("/help/", "/api/v1/helplines")
door(
    Door(
        "interaction published urgently",
        with_draft(pair, "explanation"),
        publish_urgently,
        WATCH_PAIR,
        thing_says("explanation"),
    ),
    Door("interactions bulk deleted", pair, delete_pair, WATCH_PAIR, no_pair),
    Door(
        "helpline published urgently",
        with_draft(helpline, "what_for"),
        publish_urgently,
        watch_thing("what_for", *HELP),
        thing_says("what_for"),
    ),
    Door(
        "helpline withdrawn",
        helpline,
        withdraw_thing,
        watch_thing("what_for", *HELP),
        lambda scene: stored(scene) is None,
    ),
    Door(
        "alert approved",
        in_review(alert, "summary"),
        approve_thing,
        watch_thing("summary", "/"),
        thing_says("summary"),
    ),
    Door(
        "penalty published urgently",
        with_draft(penalty, "possession_max"),
        publish_urgently,
        watch_thing("possession_max", *LAW),
        thing_says("possession_max"),
    ),
    Door(
        "key stage saved", stage, edit_thing("name"), watch_thing("name", "/resources/"), thing_says("name")
    ),
    Door("document replaced", pack, replace_file, watch_file, file_is_new),
    Door(
        "document put into a closed collection",
        file_and_closed_collection,
        put_away,
        watch_closed_file,
        is_put_away,
    ),
)
