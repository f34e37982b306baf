"""Compare the speed of search with Wagtail's own on invented content; print Markdown tables.

In a new SQLite database: the starter content's topics, phrases and lists of words, which search reads as on
any site, 1,000 invented drugs with twelve names each, and 100 to 10,000 invented pages beside them. The
questions are about what is there at every size, so that each size is asked the same. Wagtail searches
titles, summaries and names, as in this site's admin; it has no bodies to look through, and shows no
passages.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from tests.quality.evaluate import pct

if TYPE_CHECKING:
    from django.db.models import Model
    from wagtail.models import Page

SEED = 20_261_125
SIZES = (100, 1_000, 10_000)  # pages beside the drugs
DRUGS = 1_000
NAMES = 12
WORDS = 450  # of a body
EACH = 60  # questions of each sort
FLAT = 1.5  # times as long at the most pages as at the fewest
BARS = {"understand": 2.0, "suggest": 5.0, "whole search": 25.0}  # ms, for ninety-five of a hundred
SORTS = ("name", "misspelling", "question", "words of a text")
# Timed too, but not part of the mix: words that are in most pages, which cost the most.
WORST = "everyday words"
ASKED = (
    "is {} bad for you",
    "how long does {} stay in your body",
    "can you mix {} with alcohol",
    "my friend took {}",
)
SYLLABLES = [
    f"{head}{tail}" for head in "bcdfgklmnprstvz" for tail in ("a", "e", "i", "o", "u", "an", "el", "or")
]


class Words:
    """Makes invented names, and English text with realistic frequencies: few words often, most rarely."""

    def __init__(self) -> None:
        from search.language.english import _dictionary

        self.random = random.Random(SEED)
        ordered = sorted(_dictionary().items(), key=lambda row: (-row[1], row[0]))
        self._english = [word for word, _ in ordered if word.isalpha() and len(word) > 1][:20_000]
        self._sums: list[float] = []
        for place in range(len(self._english)):
            self._sums.append((self._sums[-1] if self._sums else 0.0) + 1 / (place + 5))
        self._taken = set(self._english)

    def name(self) -> str:
        """Return a new name of two to four syllables that is not English; every sixth has a second word."""
        while True:
            made = "".join(self.random.choices(SYLLABLES, k=self.random.randint(2, 4)))
            if made not in self._taken and len(made) > 3:
                self._taken.add(made)
                return (
                    f"{made} {self.random.choice(self._english[200:4000])}"
                    if self.random.random() < 1 / 6
                    else made
                )

    def text(self, count: int) -> str:
        """Return `count` words of English."""
        return " ".join(self.random.choices(self._english, cum_weights=self._sums, k=count))


class Content:
    """Makes the invented pages. They are written in bulk, because indexing each by signals takes an hour."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.names: list[str] = []
        self.bodies: list[str] = []

    def grow(self, size: int) -> None:
        """Add pages until there are `size` besides the drugs; index them here and in Wagtail."""
        from django.core.management import call_command
        from wagtail.models import Page

        from prevention.core.change_log import everything_changed
        from prevention.core.review import page_models
        from prevention.home.models import HomePage, StandardPage
        from prevention.substances.models import SubstanceIndexPage, SubstancePage
        from search.indexing import rebuild_index

        present = sum(model.objects.live().count() for model in page_models())
        drugs = DRUGS - SubstancePage.objects.count()
        others = max(size - (present - SubstancePage.objects.count()), 0)
        self._add(SubstancePage, SubstanceIndexPage.objects.get(), drugs)
        self._add(StandardPage, HomePage.objects.get(), others)
        everything_changed("pages were written in bulk")
        if rebuild_index() != DRUGS + size or Page.objects.count() < DRUGS + size:
            raise SystemExit(f"There should be {DRUGS + size} pages in the index.")
        with open(os.devnull, "w") as nowhere:  # noqa: PTH123  (it is no path of ours)
            call_command("update_index", stdout=nowhere)

    def _add(self, model: type[Page], parent: Page, count: int) -> None:
        from django.contrib.contenttypes.models import ContentType
        from wagtail.models import Locale, Page

        if not count:
            return
        made = [self._page(model) for _ in range(count)]
        kind, locale, step = ContentType.objects.get_for_model(model), Locale.get_default(), Page.steplen
        last = parent.get_last_child()
        first = Page._str2int(last.path[-step:]) + 1 if last else 1
        for place, page in enumerate(made, first):
            page.path, page.depth = Page._get_path(parent.path, parent.depth + 1, place), parent.depth + 1
            page.draft_title, page.slug = page.title, page.title.replace(" ", "-")
            page.url_path, page.content_type, page.locale = f"{parent.url_path}{page.slug}/", kind, locale
        fields = [field.attname for field in Page._meta.concrete_fields if not field.primary_key]
        bases = Page.objects.bulk_create(
            [Page(**{name: getattr(page, name) for name in fields}) for page in made], batch_size=500
        )
        for page, base in zip(made, bases, strict=True):
            page.pk = page.page_ptr_id = base.pk
        insert(model, made)
        Page.objects.filter(pk=parent.pk).update(numchild=first + count - 1)
        self._name(model, made)

    def _page(self, model: type[Page]) -> Page:
        body = self.words.text(WORDS)
        self.bodies.append(body)
        title = (
            self.words.name() if model.kind == "substance" else f"{self.words.text(2)} {self.words.name()}"
        )
        field = "short_term_risks" if model.kind == "substance" else "body"
        return model(title=title, summary=self.words.text(12)[:200], **{field: f"<p>{body}</p>"})

    def _name(self, model: type[Page], pages: Sequence[Page]) -> None:
        from prevention.substances.models import SubstanceName, SubstancePage

        if model is not SubstancePage:
            return
        rows = [
            SubstanceName(page=page, name=self.words.name(), kind="street", source="Invented")
            for page in pages
            for _ in range(NAMES)
        ]
        self.names += [row.name for row in rows]
        SubstanceName.objects.bulk_create(rows, batch_size=500)

    def questions(self) -> dict[str, list[str]]:
        """Return the same number of questions of each sort, about pages that exist at every size."""
        from search.language.english import is_everyday

        def is_telling(word: str) -> bool:
            return not is_everyday(word)

        choose = self.words.random
        return {
            "name": choose.choices(self.names, k=EACH),
            "misspelling": [misspelt(choose, name) for name in choose.choices(self.names, k=EACH)],
            "question": [choose.choice(ASKED).format(name) for name in choose.choices(self.names, k=EACH)],
            "words of a text": [
                part(choose, body, is_telling) for body in choose.choices(self.bodies, k=EACH)
            ],
            WORST: [part(choose, body, is_everyday) for body in choose.choices(self.bodies, k=EACH)],
        }


def insert(model: type[Model], rows: Sequence[Model]) -> None:
    """Insert rows of a child table only, which `bulk_create` can not do."""
    from django.db import connection

    fields = model._meta.local_concrete_fields
    columns = ", ".join(connection.ops.quote_name(field.column or field.attname) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    values = [
        [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields] for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {model._meta.db_table} ({columns}) VALUES ({marks})", values)  # noqa: S608


def misspelt(choose: random.Random, name: str) -> str:
    """`name` with one letter left out, doubled or changed, the first one kept."""
    place = choose.randrange(1, len(name))
    return (
        name[:place] + choose.choice(("", name[place] * 2, choose.choice("aeioulmnrst"))) + name[place + 1 :]
    )


def part(choose: random.Random, body: str, wanted: Callable[[str], bool]) -> str:
    """Return two content words that are close together in a text."""
    words = body.split()
    while True:
        start = choose.randrange(len(words) - 12)
        found = [word for word in words[start : start + 12] if wanted(word)]
        if len(found) > 1:
            return " ".join(found[:2])


def calls() -> dict[str, Callable[[str], object]]:
    """Return {name in the table: function to time}: our searches, and Wagtail's for comparison.

    `find` is the function alone; the whole search is the JSON answer through all middleware.
    """
    from django.test import Client
    from wagtail.models import Page

    from search.find import find, suggest
    from search.query.lexicon import lexicon
    from search.query.understand import understand

    client = Client(SERVER_NAME="localhost")
    if client.get("/api/v1/search", {"q": "ket"}).status_code != 200:
        raise SystemExit("The API does not answer.")
    return {
        "understand": lambda text: understand(text, lexicon()),
        "suggest": lambda text: suggest(text[: max(2, len(text) * 2 // 3)]),
        "find": find,
        "whole search": lambda text: client.get("/api/v1/search", {"q": text}),
        "Wagtail autocomplete": lambda text: list(
            Page.objects.live().autocomplete(text[: max(2, len(text) * 2 // 3)])[:8]
        ),
        "Wagtail search": lambda text: list(Page.objects.live().search(text)[:20]),
    }


CLOCKS = {"wall": time.perf_counter, "cpu": time.thread_time}

Times = dict[str, dict[str, list[float]]]  # milliseconds by what was called and by the sort of question


def measured(questions: dict[str, list[str]], rounds: int, clock: Callable[[], float]) -> Times:
    """Time each question with each function in turn, so that a slow phase of the machine affects all."""
    chosen = calls()
    times: Times = {name: {sort: [] for sort in questions} for name in chosen}
    for turn in range(rounds + 1):  # turn 0 warms up and is not counted
        for sort, texts in questions.items():
            for text in texts:
                for name, call in chosen.items():
                    began = clock()
                    call(text)
                    if turn:
                        times[name][sort].append((clock() - began) * 1000)
    return times


def all_of(times: Times, name: str) -> list[float]:
    """Return the times of all sorts of questions except the worst."""
    return [one for sort in SORTS for one in times[name][sort]]


def size_table(results: dict[int, Times]) -> Iterator[str]:
    """Return a table with a row for each function: p50 and p95 at each size, and their growth."""
    sizes = list(results)
    yield (
        "| | "
        + " | ".join(f"{size:,} pages: p50 / p95 ms" for size in sizes)
        + " | p95, most / fewest | bar |"
    )
    yield "|---|" + "---:|" * (len(sizes) + 2)
    for name in results[sizes[0]]:
        p95 = {size: pct(all_of(results[size], name), 95) for size in sizes}
        figures = " | ".join(
            f"{pct(all_of(results[size], name), 50):.2f} / {p95[size]:.2f}" for size in sizes
        )
        yield f"| {name} | {figures} | {p95[sizes[-1]] / p95[sizes[0]]:.1f} | {_bar(name, p95)} |"


def _bar(name: str, p95: dict[int, float]) -> str:
    if name not in BARS:
        return ""
    sizes = list(p95)
    fast = "met" if p95[sizes[-1]] <= BARS[name] else "MISSED"
    told = f"{BARS[name]:.0f} ms {fast}"
    if name != "whole search":
        return told
    flat = "met" if p95[sizes[-1]] <= FLAT * p95[sizes[0]] else "MISSED"
    return f"{told}; flat within {FLAT}: {flat}"


def sort_table(size: int, times: Times) -> Iterator[str]:
    """Return a table with a row for each sort of question at one size, ours next to Wagtail's."""
    pairs = (("suggest", "Wagtail autocomplete"), ("whole search", "Wagtail search"))
    heads = ("understand", "suggest", "Wagtail's", "ratio", "whole search", "Wagtail's", "ratio")
    yield f"| {size:,} pages: p50 / p95 ms | {' | '.join(heads)} |"
    yield "|---|" + "---:|" * 7
    for sort in (*SORTS, WORST):
        cells = [_both(times["understand"][sort])]
        for ours, theirs in pairs:
            one, other = times[ours][sort], times[theirs][sort]
            cells += [_both(one), _both(other), f"{pct(one, 50) / pct(other, 50):.2f}"]
        yield f"| {sort} | {' | '.join(cells)} |"


def _both(times: list[float]) -> str:
    return f"{pct(times, 50):.2f} / {pct(times, 95):.2f}"


def clear() -> None:
    """Remove the drugs of the starter content, which are more than the smallest size allows."""
    from wagtail.models import Page

    from prevention.substances.models import SubstancePage

    Page.objects.filter(pk__in=SubstancePage.objects.values("pk")).delete()


def main() -> int:
    """Run the comparison; return the exit status, which does not depend on the figures."""
    parser = argparse.ArgumentParser(prog="make bench-search", description=__doc__)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument(
        "--clock", choices=CLOCKS, default="wall", help="cpu: what the work costs, on a busy machine"
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "tests.quality.settings",
            "LOCAL_DIR": folder,
            "SECRET_KEY": secrets.token_urlsafe(64),
            "DATABASE_URL": "",
            "ELASTICSEARCH_URL": "",
        }
        load = os.getloadavg()[0]
        results = run(options.sizes, options.rounds, CLOCKS[options.clock])
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, SQLite; {options.clock} time\n")
    print(*size_table(results), "", sep="\n")
    print(*sort_table(options.sizes[-1], results[options.sizes[-1]]), sep="\n")
    if options.clock == "wall" and load > 1 / 2:
        print(f"\nThe machine had other work (load {load:.1f} before the run), so the figures are too high.")
    return 0


def run(sizes: Sequence[int], rounds: int, clock: Callable[[], float]) -> dict[int, Times]:
    """Load the content, then add pages and measure at each size."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from prevention.home.starter_loader import load, set_site
    from search.query.lexicon import lexicon

    load()
    set_site()
    clear()
    content = Content(Words())
    questions: dict[str, list[str]] = {}
    results: dict[int, Times] = {}
    for size in sizes:
        content.grow(size)
        questions = questions or content.questions()
        sys.stderr.write(f"{size} pages, {len(lexicon().names)} names\n")
        results[size] = measured(questions, rounds, clock)
    return results


if __name__ == "__main__":
    sys.exit(main())
