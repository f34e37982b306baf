"""Measure one address of this computer, with wrk if it is installed, else with this module.

As a program, which replaces wrk and runs in its own process:

    python -m tests.bench.load '{"url": ..., "headers": {...}, "body": null, "seconds": 3, "connections": 4}'
"""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).parent
MOST_SECONDS = 60
MOST_REQUESTS = 500_000
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class Job:
    """One load: request, seconds, connections. Raises ValueError if it is not for loopback, or too big."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    seconds: float = 3
    connections: int = 4

    def __post_init__(self) -> None:
        if urlsplit(self.url).hostname not in LOOPBACK:
            raise ValueError(f"{self.url} is not on this computer; the load generator asks nobody else.")
        if not 0 < self.seconds <= MOST_SECONDS or not 0 < self.connections <= 64:
            raise ValueError(f"Measure for at most {MOST_SECONDS} s over at most 64 connections.")


@dataclass(frozen=True)
class Figures:
    """The result: number of answers, milliseconds, and number of failures (not 2xx or 3xx, or no answer)."""

    requests: int
    seconds: float
    p50: float
    p99: float
    errors: int
    bytes: int

    @property
    def per_second(self) -> float:
        """Answers per second."""
        return self.requests / self.seconds


def measure(job: Job) -> Figures:
    """Run `job` against the server. Raises CalledProcessError if the load generator fails."""
    if shutil.which("wrk"):
        command = ["wrk", "-t1", f"-c{job.connections}", f"-d{job.seconds:.0f}s", "--timeout", "30s"]
        command += [part for name, value in job.headers.items() for part in ("-H", f"{name}: {value}")]
        command += ["-s", str(HERE / "wrk.lua"), job.url, "--", *([job.body] if job.body else [])]
    else:
        command = [sys.executable, "-m", "tests.bench.load", json.dumps(asdict(job))]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return Figures(**json.loads(output.strip().splitlines()[-1]))


def ask_repeatedly(job: Job, until: float, times: list[float], failed: list[int], sizes: list[int]) -> None:
    """Ask over one connection until the moment `until`, noting milliseconds, failures and sizes."""
    parts = urlsplit(job.url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    headers = dict(job.headers)
    if job.body:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    while time.perf_counter() < until and len(times) < MOST_REQUESTS // job.connections:
        began = time.perf_counter()
        try:
            connection.request("POST" if job.body else "GET", target, body=job.body, headers=headers)
            response = connection.getresponse()
            sizes.append(len(response.read()))
            if response.status >= 400:
                failed.append(response.status)
        except (OSError, http.client.HTTPException):
            failed.append(0)
            connection.close()
        times.append((time.perf_counter() - began) * 1000)
    connection.close()


def measure_here(job: Job) -> Figures:
    """Run `job` against the server from threads of this process."""
    times: list[list[float]] = [[] for _ in range(job.connections)]
    failed: list[int] = []
    sizes: list[int] = []
    began = time.perf_counter()
    until = began + job.seconds
    threads = [
        threading.Thread(target=ask_repeatedly, args=(job, until, mine, failed, sizes)) for mine in times
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    ordered = sorted(time for mine in times for time in mine)
    p50, p99 = (ordered[min(int(len(ordered) * share), len(ordered) - 1)] for share in (0.5, 0.99))
    return Figures(len(ordered), seconds, p50, p99, len(failed), sum(sizes))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(measure_here(Job(**json.loads(sys.argv[1]))))) + "\n")
