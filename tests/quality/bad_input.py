"""Search for generated hostile strings on each engine, and report failures and times.

Every string goes through find() and suggest(), every fiftieth also through the API and the results page.
The exit status is 1 on an exception, an answer of 500 or above, or when one in a hundred takes over 50 ms.
"""

from __future__ import annotations

import argparse
import logging
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from tests.e2e.server import ROOT
from tests.quality.evaluate import pct
from tests.quality.hostile import Hostile
from tests.quality.sites import add_engine, chosen, prepared

EVERY = 50  # of so many strings one goes through the views, too
SLOWEST = 50.0  # ms that ninety-nine of a hundred stay under
SHOWN = 20  # failures that are printed
FORM = "application/x-www-form-urlencoded"


@dataclass
class Outcome:
    """The results: milliseconds by the function called, and a sentence for each failure."""

    times: dict[str, list[float]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def call(self, name: str, call: Callable[[str], object], text: str) -> None:
        """Time one call. An exception is noted as a failure, and the run continues."""
        began = time.perf_counter()
        try:
            call(text)
        except Exception as error:  # whatever it is: it is what is looked for
            self.failures.append(f"{name}: {type(error).__name__}: {error}: {text[:200]!a}")
        self.times.setdefault(name, []).append((time.perf_counter() - began) * 1000)

    def lines(self) -> Iterator[str]:
        """Return a line of figures for each function called."""
        for name, times in self.times.items():
            p50, p95, p99 = (pct(times, share) for share in (50, 95, 99))
            yield (
                f"{name:12s} n={len(times):6d}  p50 {p50:6.2f}  p95 {p95:6.2f}  p99 {p99:6.2f}  "
                f"max {max(times):7.2f} ms"
            )

    @property
    def too_slow(self) -> list[str]:
        """Return the functions that are too slow, without the views, which are called seldom."""
        return [name for name in ("find", "suggest") if pct(self.times.get(name, []), 99) > SLOWEST]


def hostile(count: int) -> Iterator[str]:
    """Return `count` hostile strings, made from the names and phrases in this database."""
    from search.models import Intent
    from search.query.lexicon import lexicon

    names = {entry.name for entries in lexicon().names.values() for entry in entries}
    phrases = {phrase for intent in Intent.objects.all() for phrase in intent.phrase_list}
    return Hostile(sorted(names), sorted(phrases)).strings(count)


def tried(texts: Iterable[str]) -> Outcome:
    """Search for each of `texts`. Exceptions and responses of 500 and above are failures."""
    from django.test import Client

    from search.find import find, suggest

    client = Client(SERVER_NAME="localhost")
    views: dict[str, Callable[[str], None]] = {
        "API search": lambda sent: well(client.get("/api/v1/search", QUERY_STRING=sent)),
        "API suggest": lambda sent: well(client.get("/api/v1/suggest", QUERY_STRING=sent)),
        "results page": lambda sent: well(client.post("/search/", sent, content_type=FORM)),
    }
    outcome = Outcome()
    for number, text in enumerate(texts):
        outcome.call("find", find, text)
        outcome.call("suggest", suggest, text)
        if number % EVERY == 0:
            for name, view in views.items():
                outcome.call(name, view, f"q={as_sent(text)}")
    return outcome


def as_sent(text: str) -> str:
    """Return `text` encoded for an address or a form; lone surrogates become bytes that are not UTF-8."""
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def well(response: Any) -> None:
    """Raise RuntimeError for a response of 500 or above."""
    if response.status_code >= 500:
        raise RuntimeError(f"answered {response.status_code}")


class FallenBack(logging.Handler):
    """Counts how often the database answered instead of Elasticsearch, which was then not tested."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the message."""
        self.seen.append(record.getMessage())


def main(arguments: list[str]) -> int:
    """Run on each engine; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.quality.bad_input", description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--here", action="store_true", help="on the database of this process's environment")
    add_engine(parser)
    options = parser.parse_args(arguments)
    if options.here:
        return here(options.count)
    status = 0
    for engine in chosen(options.engine):
        print(f"=== {engine}", flush=True)
        # In its own process, because a process of Django has one default database.
        command = [sys.executable, "-m", "tests.quality.bad_input", "--here", "--count", str(options.count)]
        with prepared(engine) as env:
            status |= subprocess.run(command, cwd=ROOT, env=env, check=False).returncode
    return status


def here(count: int) -> int:
    """Run on this process's engine; return the exit status."""
    import django

    django.setup()
    for name in ("candour.access", "django.request"):  # what is refused for its size is no news here
        logging.getLogger(name).setLevel(logging.ERROR)
    tried(hostile(100))  # the dictionary and the names are read with the first, which is not counted
    fallen = FallenBack()
    logging.getLogger("candour.search").addHandler(fallen)
    outcome = tried(hostile(count))
    outcome.failures += fallen.seen
    print(*outcome.lines(), sep="\n")
    print(f"failures: {len(outcome.failures)}", *outcome.failures[:SHOWN], sep="\n  ")
    if outcome.too_slow:
        print(f"one in a hundred takes over {SLOWEST:.0f} ms: {', '.join(outcome.too_slow)}")
    return int(bool(outcome.failures or outcome.too_slow))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
