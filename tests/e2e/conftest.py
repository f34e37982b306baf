"""Fixtures of the browser tests: one server and one Chromium for all tests, a new profile for each."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, sync_playwright

from tests.e2e.server import Site, running_site

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = "Chromium was not found, so nothing was tested in a browser. To have it: apt-get install chromium"
FLAGS = [
    "--no-sandbox",  # containers run as root, where Chromium's sandbox can not start
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Chromium resolves no host name, so a page that asks another host for anything fails.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
PATIENCE_MS = 15_000


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of Chromium. Without it the tests are skipped, or fail with CI=true."""
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    if found:
        return found
    if os.environ.get("CI") == "true":
        pytest.fail(MISSING, pytrace=False)
    pytest.skip(MISSING)


@pytest.fixture(scope="session")
def site(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site as `make run` serves it. Changes stay, so a test must pass after any other.

    Each worker of a run has a server and a browser of its own.
    """
    # With several workers each has a folder below that of the run.
    run = tmp_path_factory.getbasetemp()
    run = run.parent if "PYTEST_XDIST_WORKER" in os.environ else run
    with running_site(tmp_path_factory.mktemp("site"), run / "static-files") as running:
        yield running


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium for all tests."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A new profile on a laptop, without cookies and with an empty cache."""
    fresh = browser.new_context(viewport={"width": 1280, "height": 800})
    fresh.set_default_timeout(PATIENCE_MS)
    yield fresh
    fresh.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A tab of this profile."""
    return context.new_page()


@pytest.fixture(scope="session")
def signed_in(browser: Browser, site: Site) -> StorageState:
    """The cookies of the administrator after signing in through the page."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(f"{site.url}/admin/")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{site.url}/admin/")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def staff(browser: Browser, signed_in: StorageState) -> Iterator[BrowserContext]:
    """The browser of the administrator."""
    context = browser.new_context(storage_state=signed_in, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


def open_as_staff(page: Page, site: Site, path: str) -> None:
    """Open a page of the admin; enter the password again if it is asked for."""
    page.goto(site.url + path)
    if page.url.startswith(f"{site.url}/accounts/reauthenticate/"):
        page.get_by_label("Password").fill(site.password)
        page.locator("main").get_by_role("button").click()
    page.wait_for_url(site.url + path)
