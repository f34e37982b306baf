"""Measure the site beside a hello-world view on the same server, and print a Markdown table.

The server is the one of `make run`, with its starter content, in a folder that is thrown away. Each round
goes once through all targets, so that a machine that slows down hits all of them alike. The figures are
medians over the rounds; the ratio is taken inside each round.
"""

from __future__ import annotations

import argparse
import os
import platform
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.bench.load import Figures, Job, measure

ROOT = Path(__file__).resolve().parents[2]
# The headers of a browser. Without them the human filter would take us for a robot and count nothing.
BROWSER = {
    "User-Agent": "Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0",
    "Accept-Encoding": "gzip",
    "Accept": "text/html,application/json;q=0.9,*/*;q=0.8",
}
REFERENCE = "hello, no middleware"


@dataclass
class Target:
    """One thing to measure: its name in the table, its path, what to send, the status to expect."""

    name: str
    path: str
    body: str | None = None
    revalidate: bool = False
    headers: dict[str, str] = field(default_factory=lambda: dict(BROWSER))


def targets() -> list[Target]:
    """Return the targets, the reference first."""
    return [
        Target(REFERENCE, "/bare/hello/"),
        Target("hello, our middleware", "/hello/"),
        Target("warm page: home", "/"),
        Target("warm page: substance", "/drugs/ketamine/"),
        Target("304: substance", "/drugs/ketamine/", revalidate=True),
        Target("cold page: substance, not kept", "/drugs/ketamine/?cold=1"),
        Target("API detail", "/api/v1/substances/ketamine"),
        Target("search page, misspelt (POST)", "/search/", body="q=ketamne"),
        Target("search API, misspelt", "/api/v1/search?q=ketamne"),
    ]


@contextmanager
def running_site() -> Iterator[str]:
    """Run the site with its content on a free port; yield its address. Raises SystemExit on failure."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
            "LOCAL_DIR": folder,
            "SECRET_KEY": secrets.token_urlsafe(64),
            "PORT": str(port),
            "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}",
        }
        for command in (["migrate", "--verbosity", "0"], ["load_starter"], ["collectstatic", "--no-input"]):
            progress(f"preparing: {command[0]}")
            done = subprocess.run(
                [sys.executable, "manage.py", *command],
                cwd=ROOT,
                env=env,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise SystemExit(f"manage.py {command[0]} failed:\n{done.stdout}{done.stderr}")
        log = Path(folder) / "server.log"
        with log.open("wb") as output:
            conf = ROOT / "site" / "deploy" / "gunicorn.conf.py"
            server = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "-c", str(conf), "tests.bench.wsgi:application"],
                cwd=ROOT, env=env, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip
        try:
            site = f"http://127.0.0.1:{port}"
            wait_until_up(server, site, log)
            yield site
        finally:
            server.terminate()
            server.wait(timeout=40)


def wait_until_up(server: subprocess.Popen[bytes], site: str, log: Path) -> None:
    """Return when the hello view answers; raises SystemExit with the server's log when it does not."""
    for _ in range(300):
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{site}/hello/", timeout=5).close()  # noqa: S310 - our own loopback address
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"The server did not start:\n{log.read_text(errors='replace')[-3000:]}")


def check(site: str, target: Target) -> None:
    """Ask once, so that only good answers are measured. Raises SystemExit for an unexpected answer."""
    data = target.body.encode() if target.body else None
    request = urllib.request.Request(site + target.path, data=data, headers=target.headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 - our own loopback address
            status, where, etag = response.status, response.url, response.headers.get("ETag")
    except urllib.error.HTTPError as error:
        status, where, etag = error.code, error.url, None
        error.close()
    if status != 200 or where != site + target.path:
        raise SystemExit(f"{target.name}: {target.path} answered {status} at {where}, so it is not measured.")
    if target.revalidate:
        if not etag:
            raise SystemExit(f"{target.name}: {target.path} has no ETag, so there is nothing to revalidate.")
        target.headers["If-None-Match"] = etag


def progress(text: str) -> None:
    """Print the progress to standard error; standard output has only the table."""
    sys.stderr.write(f"{text}\n")


def table(results: dict[str, list[Figures]]) -> str:
    """Return the Markdown table of all rounds."""
    reference = results[REFERENCE]
    rows = [
        "| target | req/s (min-max) | p50 ms | p99 ms | bytes | errors | of hello |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, rounds in results.items():
        rates = [figures.per_second for figures in rounds]
        ratio = median(mine / base.per_second for mine, base in zip(rates, reference, strict=True))
        p50, p99 = median(figures.p50 for figures in rounds), median(figures.p99 for figures in rounds)
        errors = sum(figures.errors for figures in rounds)
        size = sum(figures.bytes for figures in rounds) / max(sum(figures.requests for figures in rounds), 1)
        rows.append(
            f"| {name} | **{median(rates):.0f}** ({min(rates):.0f}-{max(rates):.0f}) "
            f"| {p50:.2f} | {p99:.1f} | {size:.0f} | {errors} | {ratio:.2f} |"
        )
    return "\n".join(rows)


def main() -> int:
    """Run the benchmark; the exit status is 1 when an answer was an error."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4, help="of each target in each round")
    parser.add_argument("--connections", type=int, default=4)
    options = parser.parse_args()
    chosen = targets()
    load = os.getloadavg()[0]
    results: dict[str, list[Figures]] = {target.name: [] for target in chosen}
    with running_site() as site:
        for target in chosen:
            check(site, target)
        for turn in range(options.rounds + 1):  # turn 0 warms up and is not counted
            for target in chosen:
                progress(
                    f"round {turn} of {options.rounds}: {target.name}"
                    if turn
                    else f"warming up: {target.name}"
                )
                seconds = options.seconds if turn else 1
                figures = measure(
                    Job(site + target.path, target.headers, target.body, seconds, options.connections)
                )
                if turn:
                    results[target.name].append(figures)
    busy = load > (os.cpu_count() or 1) / 2
    generator = "wrk" if shutil.which("wrk") else "threads of a second Python"
    print(
        f"{os.cpu_count()} cores, Python {platform.python_version()}, as make run serves it; "
        f"{options.connections} connections from {generator}; {options.rounds} x {options.seconds} s\n"
    )
    print(table(results))
    if busy:
        print(f"\nThe machine had other work (load {load:.1f} before the run), so the figures are too low.")
    return int(any(figures.errors for rounds in results.values() for figures in rounds))


if __name__ == "__main__":
    sys.exit(main())
