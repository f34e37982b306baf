"""No trace of a reader is left in a browser, the database, a file or a log, and yet visits are counted."""

from __future__ import annotations

import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.places import BY_NAME, PLACES, visit
from tests.e2e.server import HOST, Counts, Site
from tests.e2e.watch import Watch

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]

WORD = "zzcanary07700900123"
READER = "127.0.0.77"  # all of 127.0.0.0/8 is this computer, and the server never names this one itself
FORWARDED = "203.0.113.77"
AGENT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36 zzagent424242"
REFERRER = "https://zzreferrer.example/"
TRACES = (WORD, READER, FORWARDED, "zzagent424242", "zzreferrer")
HEADERS = {
    "User-Agent": AGENT,
    "Referer": REFERRER,
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
    "X-Forwarded-For": FORWARDED,
    "X-Real-IP": FORWARDED,
    "Cookie": f"theirs={WORD}",
}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# What a browser calls itself when a person sits at it; "HeadlessChrome" is counted as a robot.
PERSON = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0"
KETAMINE = ("page.view", "substance:ketamine", "")

KEPT_IN_BROWSER = """async () => ({
    cookie: document.cookie,
    local: localStorage.length,
    session: sessionStorage.length,
    databases: (await indexedDB.databases()).length,
    caches: (await caches.keys()).length,
})"""
NOTHING = {"cookie": "", "local": 0, "session": 0, "databases": 0, "caches": 0}


def test_a_walk_leaves_nothing_in_the_browser(context: BrowserContext, page: Page, site: Site) -> None:
    watch = Watch(context, site.url)
    kept = []
    for place in PLACES:
        visit(page, site, place)
        page.wait_for_load_state("networkidle")
        if page.evaluate(KEPT_IN_BROWSER) != NOTHING:
            kept.append(place.name)
    assert kept == []
    assert context.cookies() == []
    assert watch.cookies == []
    assert watch.strangers == []
    # The browser itself reports the status of the pages that are not there.
    statuses = ("404 (Not Found)", "410 (Gone)")
    assert [line for line in watch.complaints if not any(status in line for status in statuses)] == []


def test_the_policy_stops_foreign_scripts(context: BrowserContext, page: Page, site: Site) -> None:
    watch = Watch(context, site.url)
    visit(page, site, BY_NAME["substance"])
    page.evaluate("""() => {
        const script = document.createElement("script");
        script.textContent = "window.broken = true";
        document.head.append(script);
    }""")
    assert page.evaluate("window.broken") is None
    assert any("Content Security Policy" in line for line in watch.complaints)


def ask(site: Site, path: str, *, body: str = "", headers: dict[str, str] | None = None) -> tuple[int, str]:
    """Make a request from its own address, as a phone would; return the status and the body."""
    with closing(HTTPConnection(HOST, site.port, timeout=20, source_address=(READER, 0))) as connection:
        given = {**HEADERS, **(FORM if body else {}), **(headers or {})}
        connection.request("POST" if body else "GET", path, body=body or None, headers=given)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")


def ask_badly(site: Site) -> None:
    """Send a malformed request, which servers often write to their logs."""
    for line in (
        f"GET /{WORD} HTTP/9.9",
        f"GET /{WORD}",
        f"{WORD} / HTTP/1.1",
        f"GET /?q={WORD}{'x' * 5000} HTTP/1.1",
    ):
        with closing(
            socket.create_connection((HOST, site.port), timeout=20, source_address=(READER, 0))
        ) as raw:
            raw.sendall(
                f"{line}\r\nHost: {WORD}\r\nUser-Agent: {AGENT}\r\nReferer: {REFERRER}\r\n\r\n".encode()
            )
            raw.recv(1000)


def dump(site: Site) -> Iterator[str]:
    """Return every row of every table, including the full-text index."""
    with closing(sqlite3.connect(f"file:{site.database}?mode=ro", uri=True)) as connection:
        yield from connection.iterdump()


def traces(site: Site) -> list[str]:
    """Return the tables and files of the site, logs included, that contain something of the reader."""
    found = [f"table: {row[:200]}" for row in dump(site) for trace in TRACES if trace in row.lower()]
    for path in site.folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes().lower()
            found += [
                f"{path.relative_to(site.folder)}: {trace}" for trace in TRACES if trace.encode() in content
            ]
    return found


def test_what_a_reader_typed_and_who_it_was_is_nowhere(site: Site) -> None:
    before = site.counts()
    form = urlencode({"q": WORD})
    assert ask(site, "/search/", body=form)[0] == 200
    assert ask(site, "/search/suggest/", body=form)[0] == 200
    assert ask(site, f"/search/?{form}")[0] == 200
    assert ask(site, f"/api/v1/search?{form}")[0] == 200
    assert ask(site, f"/api/v1/suggest?{form}")[0] == 200
    assert ask(site, f"/drugs/{WORD}/")[0] == 404
    assert ask(site, f"/drugs/ketamine/?name={WORD}")[0] == 200
    assert ask(site, f"/resources/?key_stage={WORD}")[0] == 200
    assert ask(site, f"/go/{WORD}/")[0] == 404
    assert ask(site, f"/api/v1/substances/{WORD}")[0] == 404
    assert ask(site, f"/{WORD}/../{WORD}%00/")[0] == 400
    assert ask(site, "/", headers={"Host": f"{WORD}.example"})[0] == 400
    assert ask(site, "/accounts/login/", body=urlencode({"login": WORD, "password": WORD}))[0] == 403
    ask_badly(site)
    assert site.count_after(("search.zero", "", ""), before), (
        "the search was not counted, so nothing was written yet"
    )
    time.sleep(1.5)  # the other worker writes once a second too
    assert traces(site) == []


def test_traces_would_be_found(site: Site) -> None:
    """Check that `traces` can find something: a street name, and the server's address."""
    assert any("special K" in row for row in dump(site))
    assert f"{HOST}:{site.port}" in site.log.read_text()
    assert "GET" in site.log.read_text()


def readers(site: Site) -> Counts:
    """Return the counts of people. Browsers of other tests count as robots, possibly a little later."""
    return {key: n for key, n in site.counts().items() if key[0] != "bot"}


@pytest.fixture
def person(browser: Browser) -> Iterator[BrowserContext]:
    """A browser whose user agent is not that of a robot."""
    context = browser.new_context(user_agent=PERSON)
    yield context
    context.close()


def test_a_visit_is_counted(person: BrowserContext, site: Site) -> None:
    before = site.counts()
    page = person.new_page()
    visit(page, site, BY_NAME["substance"])
    page.reload()  # the browser has it, and asks whether it still holds: read all the same
    assert site.count_after(KETAMINE, before) >= 1
    time.sleep(1.5)
    assert site.counts()[KETAMINE] - before.get(KETAMINE, 0) == 2


def test_a_search_is_counted_by_what_it_named(person: BrowserContext, site: Site) -> None:
    before = site.counts()
    visit(person.new_page(), site, BY_NAME["search, found"])
    assert site.count_after(("search.concept", "substance:ketamine", ""), before) == 1


@pytest.mark.parametrize(
    "headers", [{"Sec-GPC": "1"}, {"DNT": "1"}], ids=["Global Privacy Control", "Do Not Track"]
)
def test_who_asks_not_to_be_counted_is_not(
    person: BrowserContext, site: Site, headers: dict[str, str]
) -> None:
    person.set_extra_http_headers(headers)
    before = readers(site)
    page = person.new_page()
    for name in ("substance", "home", "search, found", "search, nothing found"):
        visit(page, site, BY_NAME[name])
    time.sleep(2.5)
    assert readers(site) == before


def test_a_robot_is_not_counted_as_a_reader(page: Page, site: Site) -> None:
    before = site.counts()
    visit(page, site, BY_NAME["substance"])  # a browser without a window says so
    assert site.count_after(("bot", "", ""), before)
    assert site.counts().get(KETAMINE) == before.get(KETAMINE)
