"""An editor signs in, adds a street name and publishes; readers find it at once, whichever worker answers."""

from __future__ import annotations

import json
from contextlib import closing
from http.client import HTTPConnection

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import open_as_staff
from tests.e2e.places import BY_NAME, visit
from tests.e2e.server import HOST, WORKERS, Site
from tests.e2e.test_accessibility import problems
from tests.e2e.watch import Watch

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]

NAME = "Zibbleflop"
STAFF_PAGES = (
    "/admin/",
    "/admin/pages/",
    "/admin/images/",
    "/admin/documents/",
    "/admin/snippets/",
    "/admin/users/",
    "/admin/workflows/list/",
    "/admin/reports/site-history/",
    "/admin/account/",
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/password/change/",
    "/accounts/logout/",
)


def edit_page(site: Site, slug: str) -> str:
    """Return the address of the form that edits a page."""
    [(number,)] = site.rows("SELECT id FROM wagtailcore_page WHERE slug = ?", slug)
    return f"{site.url}/admin/pages/{number}/edit/"


def ask(site: Site, path: str) -> str:
    """Return the response to a new visitor over a new connection; it is not counted."""
    with closing(HTTPConnection(HOST, site.port, timeout=20)) as connection:
        connection.request("GET", path, headers={"Sec-GPC": "1"})
        answer = connection.getresponse()
        assert answer.status == 200
        return answer.read().decode()


def test_the_admin_is_closed(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/admin/pages/")
    assert page.url == f"{site.url}/accounts/login/?next=/admin/pages/"
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill("not-the-password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.goto(f"{site.url}/admin/")
    assert "/accounts/login/" in page.url


def test_staff_pages_load_without_a_complaint(staff: BrowserContext, site: Site) -> None:
    watch = Watch(staff, site.url)
    page = staff.new_page()
    for path in STAFF_PAGES:
        open_as_staff(page, site, path)
        page.wait_for_load_state("networkidle")
    assert watch.strangers == []
    assert watch.complaints == []


def test_the_editing_form_works(staff: BrowserContext, site: Site) -> None:
    watch = Watch(staff, site.url)
    page = staff.new_page()
    page.goto(edit_page(site, "ketamine"))
    expect(page.locator("input[name=title]")).to_have_value("Ketamine")
    for tab in ("Emergency", "Sections", "Law", "Sources", "Review", "Promote"):
        page.get_by_role("tab", name=tab).click()
        expect(page.get_by_role("tabpanel", name=tab)).to_be_visible()
    page.get_by_role("tab", name="Sections").click()
    expect(page.locator(".Draftail-Editor").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert watch.strangers == []
    assert watch.complaints == []


def test_the_preview_shows_the_page_in_the_editor(staff: BrowserContext, site: Site) -> None:
    watch = Watch(staff, site.url)
    page = staff.new_page()
    page.goto(edit_page(site, "festivals"))
    page.get_by_role("button", name="Toggle preview").click()
    frame = page.frame_locator("iframe[title='Preview'] >> nth=0")
    expect(frame.get_by_role("heading", name="Festivals, clubs and parties")).to_be_visible()
    page.get_by_role("button", name="Toggle checks").click()
    panel = page.locator("#form-side-checks, [data-side-panel='checks']").first
    expect(panel.get_by_text("Readability")).to_be_visible()
    expect(panel).to_contain_text("Good")
    expect(panel).not_to_contain_text("Misusing paragraphs")
    assert watch.strangers == []


def test_what_is_typed_is_kept_when_the_tab_is_closed(staff: BrowserContext, site: Site) -> None:
    page = staff.new_page()
    page.goto(edit_page(site, "about"))
    page.wait_for_timeout(3_000)  # two seconds after loading, the editor notes what there was to compare with
    box = page.locator("input[name=summary]")
    box.fill("")
    with page.expect_response(lambda answer: answer.request.method == "POST" and "/edit/" in answer.url):
        box.press_sequentially("Typed, and never saved by hand.")
        box.press("Tab")
    page.close()
    again = staff.new_page()
    again.goto(edit_page(site, "about"))
    expect(again.locator("input[name=summary]")).to_have_value("Typed, and never saved by hand.")


REVIEWERS = """
from django.contrib.auth.models import Group
from prevention.users.models import User
for name, role in (("clin", "Clinical reviewers"), ("legal", "Legal reviewers")):
    user = User.objects.create_user(name, f"{name}@candour.example", "PASSWORD", sign_off_role=role)
    user.groups.add(Group.objects.get(name=role))
"""


def reviewer(browser: Browser, site: Site, name: str) -> Page:
    """Return a tab in which a reviewer is signed in."""
    page = browser.new_page()
    page.goto(f"{site.url}/admin/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{site.url}/admin/")
    return page


def test_two_approvals_in_the_editor_publish_a_page(
    browser: Browser, staff: BrowserContext, site: Site
) -> None:
    words = "For anybody under a marmalade umbrella."
    site.run(REVIEWERS.replace("PASSWORD", site.password))
    form = staff.new_page()
    form.goto(edit_page(site, "festivals"))
    form.locator("input[name=summary]").fill(words)
    form.get_by_role("tab", name="Review").click()
    form.locator("[name=change_note]").fill("The first sentence is clearer.")
    form.get_by_role("button", name="More actions").click()
    form.get_by_role("button", name="Submit to").click()
    expect(form.get_by_text("has been submitted for moderation")).to_be_visible()
    for name in ("clin", "legal"):
        page = reviewer(browser, site, name)
        page.goto(edit_page(site, "festivals"))
        page.get_by_role("button", name="More actions").click()
        page.get_by_role("button", name="Approve", exact=True).click()
        expect(page.get_by_text("was approved")).to_be_visible()
        page.close()
    html = ask(site, "/festivals/")
    assert words in html
    assert "Clinical reviewers" in html


def test_a_fact_is_drafted_previewed_and_published_urgently(
    staff: BrowserContext, page: Page, site: Site
) -> None:
    words = "For anybody who finds a marmalade umbrella."
    watch = Watch(staff, site.url)
    form = staff.new_page()
    [(number,)] = site.rows("SELECT id FROM help_helpline WHERE code = ?", "frank")
    form.goto(f"{site.url}/admin/snippets/help/helpline/edit/{number}/")
    form.locator("[name=what_for]").fill(words)
    form.get_by_role("button", name="Save draft").click()
    expect(form.get_by_text("updated").first).to_be_visible()
    form.get_by_role("button", name="Toggle preview").click()
    frame = form.frame_locator("iframe[title='Preview'] >> nth=0")
    expect(frame.get_by_text(words)).to_be_visible()
    expect(frame.get_by_role("heading", name="Where it is shown")).to_be_visible()
    visit(page, site, BY_NAME["help"])
    assert words not in page.content()
    form.get_by_role("button", name="More actions").click()
    expect(form.get_by_role("button", name="Publish", exact=True)).to_have_count(0)
    form.get_by_role("link", name="Publish now: urgent").click()
    reason = form.get_by_label("Why can it not wait for its review?")
    expect(reason).to_be_visible()
    assert problems(form) == []
    reason.fill("The number has changed.")
    form.get_by_role("button", name="Publish now").click()
    expect(form.get_by_text("A second person has to confirm it").first).to_be_visible()
    assert words in ask(site, "/help/")
    open_as_staff(form, site, "/admin/reports/urgent/")
    assert problems(form) == []
    assert watch.strangers == []


def test_the_set_up_of_a_second_factor_shows_its_code(staff: BrowserContext, site: Site) -> None:
    page = staff.new_page()
    open_as_staff(page, site, "/accounts/2fa/totp/activate/")
    box = page.get_by_role("img", name="QR code").bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 200
    page.get_by_label("Authenticator code").fill("000000")
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_role("alert")).to_be_visible()


def test_a_new_street_name_is_found_at_once_by_every_worker(
    staff: BrowserContext, page: Page, site: Site
) -> None:
    visit(page, site, BY_NAME["substance"])
    assert NAME not in page.content()
    assert len(site.workers()) == WORKERS
    for worker in site.workers():  # all have the old page and the old names in memory
        with site.answered_by(worker):
            assert NAME not in ask(site, "/drugs/ketamine/")
            assert json.loads(ask(site, f"/api/v1/search?q={NAME}"))["results"] == []

    form = staff.new_page()
    form.goto(edit_page(site, "ketamine"))
    form.get_by_role("button", name="Add Name").click()
    form.locator("input[name^='names-'][name$='-name']").last.fill(NAME)
    form.locator("input[name^='names-'][name$='-source']").last.fill("The tests")
    form.get_by_role("tab", name="Review").click()
    form.get_by_label("Change note").fill("A name was missing.")
    form.get_by_role("button", name="More actions").click()
    form.get_by_role("button", name="Publish", exact=True).click()
    expect(form.get_by_text("has been published").first).to_be_visible()

    for worker in site.workers():
        with site.answered_by(worker):
            first = json.loads(ask(site, f"/api/v1/search?q={NAME.lower()}"))["results"][0]
            assert (first["slug"], first["certain"], first["matched"]["name"]) == ("ketamine", True, NAME)
            assert NAME in ask(site, "/drugs/ketamine/")
            assert NAME in ask(site, "/drugs/")
    # The reader's browser has the old page in its cache, and must not show it.
    visit(page, site, BY_NAME["substance"])
    expect(page.locator("#names")).to_contain_text(NAME)


def test_a_folded_row_is_opened_changed_and_saved(staff: BrowserContext, site: Site) -> None:
    watch = Watch(staff, site.url)
    form = staff.new_page()
    form.goto(edit_page(site, "kava"))
    form.get_by_role("tab", name="Sources").click()
    row = form.locator("#inline_child_citations-0")
    expect(row.get_by_label("Title")).to_have_count(0)
    sent = form.locator("[name='citations-0-title']").input_value()
    row.get_by_role("button", name="Toggle section").click()
    expect(row.get_by_label("Title")).to_have_value(sent)
    expect(row.get_by_role("combobox")).not_to_have_value("")
    row.get_by_label("Looked up on").fill("2026-11-30")
    expect(form.locator(".xdsoft_datetimepicker:visible")).to_have_count(1)  # Wagtail's calendar
    row.get_by_label("Title").fill("A title of the tests")
    form.get_by_role("button", name="Save draft").click()
    form.get_by_role("tab", name="Sources").click()
    expect(row.get_by_role("heading")).to_contain_text("A title of the tests")
    expect(form.locator("[name='citations-0-accessed']")).to_have_value("2026-11-30")

    form.get_by_role("tab", name="Content").click()
    form.locator("a.button", has_text="Names for search alone").click()
    form.get_by_role("link", name="Add a list").click()
    form.get_by_label("Names").fill("zzkava")
    form.get_by_label("Source").fill("The tests")
    form.get_by_role("button", name="Save with the draft").click()
    expect(form.get_by_role("link", name="zzkava")).to_be_visible()
    form.get_by_label("Search term").fill("nothing like it")
    expect(form.get_by_role("link", name="zzkava")).to_have_count(0)
    assert watch.strangers == []
    assert watch.complaints == []
