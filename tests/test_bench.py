"""The load generator of `make bench`: it only asks this computer, and its figures are right."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.bench.load import Job, measure_here


class Handler(BaseHTTPRequestHandler):
    """Answers GET with 200 and five bytes, POST with 404."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer 200."""
        self.answer(200)

    def do_POST(self) -> None:
        """Read the body and answer 404."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(404)

    def answer(self, status: int) -> None:
        """Send a response of five bytes."""
        self.send_response(status)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Log nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    """Run a server with `Handler`; yield its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    "url", ["https://example.org/", "http://192.168.0.1/", "http://localhost.example.org/"]
)
def test_it_asks_this_computer_only(url: str) -> None:
    with pytest.raises(ValueError, match="asks nobody else"):
        Job(url)


@pytest.mark.parametrize(
    "limits", [{"seconds": 0}, {"seconds": 3600}, {"connections": 0}, {"connections": 1000}]
)
def test_it_is_bounded(limits: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at most 60 s over at most 64"):
        Job("http://127.0.0.1/", **limits)  # type: ignore[arg-type]  # pytest mixes the two kinds


def test_it_counts_answers_times_and_bytes(site: str) -> None:
    figures = measure_here(Job(site, seconds=0.2, connections=2))
    assert figures.requests > 2
    assert figures.errors == 0
    assert figures.bytes == 5 * figures.requests
    assert 0 < figures.p50 <= figures.p99
    assert figures.per_second == pytest.approx(figures.requests / figures.seconds)


def test_an_answer_that_is_an_error_counts_as_one(site: str) -> None:
    figures = measure_here(Job(site, body="q=ket", seconds=0.1, connections=1))
    assert figures.errors == figures.requests > 0
