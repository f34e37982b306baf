"""Compare what the public sees, finds and reads in the API with the database.

No kept answer is dropped here, because the tests prove that one kept before a change is not served after it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from wagtail.models import Page, Site

from prevention.core.log_readers import follow_log
from prevention.core.log_readers import readers as log_readers
from prevention.core.models import Action, ContentChange, Cursor, ReaderCursor
from prevention.core.models.changes import GONE
from prevention.core.review import page_models
from prevention.delivery.content_version import ALL, stored_version
from prevention.editorial.models import Change
from prevention.substances.models import SubstancePage
from search.models import SearchDocument

A_TO_Z = "/drugs/"
CHANGES = "/changes/"
API_LIST = "/api/v1/substances"
FIRST_OF_LIST = 50
Disagreements = list[str]


@dataclass(frozen=True)
class Other:
    """An address that shows a snippet or a file, and a function for the text that the database has for it."""

    address: str
    held: Callable[[], set[str]]


@dataclass(frozen=True)
class Watched:
    """What an act can change: addresses of pages, the texts that may be on them, a change note."""

    addresses: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    note: str = ""
    others: tuple[Other, ...] = field(default=())


def agreement(reader: Client, watched: Watched) -> Disagreements:
    """Return a sentence for each thing that differs from the database; [] if all agrees."""
    held = held_texts(watched)
    is_new = bool(readers())
    # First before the readers of the log have run, as a quick visitor sees the site.
    wrong = [*pages(reader, watched, held), *others(reader, watched), *lists(reader)]
    reader.get(CHANGES)
    if is_new:
        wrong += leaks(reader, watched, held)
        follow_log()
    wrong += [
        *search(reader, watched, held, ways=2 if is_new else 1),
        *index(),
        *log(),
        *readers(),
        *corrections(reader, watched),
    ]
    return wrong


def read_all(reader: Client, watched: Watched) -> None:
    """Read everything once, so that the answers are kept from then on."""
    follow_log()
    for address in (*watched.addresses, *(other.address for other in watched.others)):
        for way in filter(None, (address, api_address(address))):
            reader.get(way)
    for address in (A_TO_Z, API_LIST, CHANGES):
        reader.get(address)


# What the database holds


def public_pages() -> dict[str, Page]:
    """Return {address: page} of the public pages."""
    root = Site.objects.get(is_default_site=True).root_page
    found = Page.objects.live().public().descendant_of(root, inclusive=True)
    return {"/" + page.url_path.removeprefix(root.url_path): page for page in found}


def held_texts(watched: Watched) -> dict[str, set[str]]:
    """Return {address: texts} of the watched pages that are public, read from the database."""
    there = public_pages()
    rows = {}
    for address in watched.addresses:
        if address in there:
            summary = there[address].specific.summary
            rows[address] = {text for text in watched.texts if text in summary}
    return rows


# What readers see


def pages(reader: Client, watched: Watched, held: dict[str, set[str]]) -> Disagreements:
    """Compare the watched pages with the database, on the site and in the API."""
    wrong = []
    served: dict[str, set[str]] = {}
    for address in watched.addresses:
        wrong += compare(reader, address, held.get(address), watched.texts)
        name = api_address(address)
        if name:
            served.setdefault(name, set()).update({"200"} if address in held else (), held.get(address, ()))
    for name, texts in served.items():
        wrong += compare(reader, name, texts - {"200"} if "200" in texts else None, watched.texts)
    return wrong


def api_address(address: str) -> str:
    """Return the API's address for a page, or '' if it has none."""
    *above, slug = address.strip("/").split("/")
    if not above and slug in {"resources", "drugs"}:
        return ""
    kind = {"drugs": "substances", "resources": "resources"}.get(above[-1] if above else "", "topics")
    return "" if slug == "resources" else f"/api/v1/{kind}/{slug}"


def compare(reader: Client, address: str, held: set[str] | None, texts: Iterable[str]) -> Disagreements:
    """Compare one answer with the texts of the database; None means that it must not be there."""
    response = reader.get(address)
    if (response.status_code == 200) != (held is not None):
        return [f"{address} answers {response.status_code}, and the database holds {held}."]
    content = content_of(response) if held is not None else ""
    shown = {text for text in texts if text in content}
    return [] if shown == (held or set()) else [f"{address} shows {shown}, and the database holds {held}."]


def content_of(response: Any) -> str:
    """Return the body of a response as text, also of a streamed file."""
    body: bytes = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode(errors="replace")


def others(reader: Client, watched: Watched) -> Disagreements:
    """Compare the addresses that show a snippet or a file."""
    return [
        sentence
        for other in watched.others
        for sentence in compare(reader, other.address, other.held(), watched.texts)
    ]


def lists(reader: Client) -> Disagreements:
    """Compare the A to Z, and the list of the API, with all the substances."""
    there = set(SubstancePage.objects.live().public().values_list("slug", flat=True))
    linked = set(re.findall(r'<li><a href="([-a-z0-9]+)/">', reader.get(A_TO_Z).content.decode()))
    rows = reader.get(API_LIST).json()["results"]
    assert len(there) < FIRST_OF_LIST, "The first answer of the list does not hold them all."
    return [
        f"{name} differs by {slugs ^ there}."
        for name, slugs in (("The A to Z", linked), ("The list of the API", {row["slug"] for row in rows}))
        if slugs != there
    ]


def in_api(reader: Client, watched: Watched, text: str) -> set[str]:
    """Return the watched addresses that a search of the API finds."""
    rows = reader.get("/api/v1/search", {"q": text}).json()["results"]
    urls = {row["url"].removeprefix("http://testserver") for row in rows}
    return urls & set(watched.addresses)


def on_page(reader: Client, watched: Watched, text: str) -> set[str]:
    """Return the watched addresses that the page of results links to."""
    html = reader.post("/search/", {"q": text}).content.decode()
    return {address for address in watched.addresses if f'href="{address}"' in html}


WAYS = (in_api, on_page)  # the quicker one first: with nothing new, it is enough


def leaks(reader: Client, watched: Watched, held: dict[str, set[str]]) -> Disagreements:
    """Check searches before the log was followed: new pages may be missing, but withdrawn ones must be."""
    gone = set(watched.addresses) - held.keys()
    return [
        f"A search for '{text}' finds {leaked}, which is gone."
        for text in (watched.texts if gone else ())
        for way in WAYS
        if (leaked := way(reader, watched, text) & gone)
    ]


def search(reader: Client, watched: Watched, held: dict[str, set[str]], ways: int) -> Disagreements:
    """Check that, once the log was followed, a search for a text finds exactly the pages that have it."""
    wrong = []
    for text in watched.texts if watched.addresses else ():
        right = {address for address, texts in held.items() if text in texts}
        for way in WAYS[:ways]:
            addresses = way(reader, watched, text)
            if addresses != right:
                wrong.append(f"A search for '{text}' finds {addresses}, the database holds {right}.")
    return wrong


# What follows the log


def index() -> Disagreements:
    """Compare the text index with all public pages: ids, titles and addresses."""
    there = public_pages()
    rows = set(SearchDocument.objects.values_list("page_id", "title", "url"))
    kinds = page_models()
    right = {(page.pk, page.title, url) for url, page in there.items() if page.specific_class in kinds}
    return [] if rows == right else [f"The index differs by {rows ^ right}."]


def log() -> Disagreements:
    """Check that the log's numbers have no gaps, and that the last line of each page fits its state."""
    rows = list(ContentChange.objects.order_by("pk"))
    wrong = []
    if [row.version for row in rows] != list(range(1, len(rows) + 1)):
        wrong.append(f"The numbers of the log are {[row.version for row in rows]}.")
    last = {scope: (row.version, row.token) for row in rows for scope in (ALL, row.scope)}
    if last != stored_version().stamps:
        wrong.append(f"The stamps are {stored_version().stamps}, the log ends with {last}.")
    public = {str(key) for key in Page.objects.live().public().values_list("translation_key", flat=True)}
    folded = {row.key: row.action not in GONE for row in rows if row.page_pk}
    wrong += [
        f"The log says of {key} that it is {'there' if is_there else 'gone'}."
        for key, is_there in folded.items()
        if is_there != (key in public)
    ]
    return wrong


def readers() -> Disagreements:
    """Check that every reader is at the end of the log, and that none has failed."""
    end = stored_version()
    return [
        f"The reader {row.name} is at {row.cursor}: {row.error}"
        for row in ReaderCursor.objects.filter(name__in=log_readers())
        if log_readers()[row.name].is_wanted() and (row.error or row.cursor != Cursor(end.number, end.token))
    ]


def note_of(row: ContentChange) -> str:
    """Return what the list of changes must say of a line of the log; '' for nothing."""
    said = {Action.WITHDRAWN: f"Taken down. {row.reason}", Action.EXPIRED: f"Ended. {row.reason}"}
    return said.get(Action(row.action), "It is back." if row.action == Action.RESTORED else row.reason)


def corrections(reader: Client, watched: Watched) -> Disagreements:
    """Check that the public list of changes has the notes of the log, and that /changes/ shows them."""
    rows = ContentChange.objects.filter(page_pk__isnull=False)
    logged = {(row.title, note) for row in rows if (note := note_of(row))}
    listed = set(Change.objects.filter(title__in=[title for title, _ in logged]).values_list("title", "note"))
    wrong = [] if logged == listed else [f"The list of changes differs by {logged ^ listed}."]
    if watched.note:
        # A new page is listed by its title only.
        is_there = Change.objects.public().filter(note=watched.note, is_first=False).exists()
        if (watched.note in reader.get(CHANGES).content.decode()) != is_there:
            wrong.append(f"{CHANGES} disagrees on '{watched.note}': in the database it is {is_there}.")
    return wrong
