"""The application server's configuration: where it listens, whom it believes, what it writes down."""

from __future__ import annotations

import io
import logging
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.config import Config

ROOT = Path(__file__).resolve().parents[2]
VARIABLES = (
    "PORT",
    "BIND_ADDRESS",
    "WEB_CONCURRENCY",
    "WEB_THREADS",
    "WEB_MAX_REQUESTS",
    "FORWARDED_ALLOW_IPS",
)
Load = Callable[..., dict[str, Any]]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Load:
    """Read the configuration under the given environment variables."""

    def read(**variables: str) -> dict[str, Any]:
        for name in VARIABLES:
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "site" / "deploy" / "gunicorn.conf.py"))

    return read


def test_gunicorn_accepts_every_setting(load: Load) -> None:
    config = Config()
    known = {name: value for name, value in load().items() if name in config.settings}
    for name, value in known.items():
        config.set(name, value)
    assert {"bind", "logger_class", "pre_request", "worker_exit", "control_socket_disable"} <= known.keys()


def test_it_listens_on_the_loopback_address_unless_told(load: Load) -> None:
    assert load()["bind"] == "127.0.0.1:8000"
    assert load(PORT="8123")["bind"] == "127.0.0.1:8123"
    assert load(BIND_ADDRESS="0.0.0.0")["bind"] == "0.0.0.0:8000"  # noqa: S104 - what a container sets


@pytest.mark.parametrize("name", ["PORT", "WEB_CONCURRENCY", "WEB_THREADS", "WEB_MAX_REQUESTS"])
@pytest.mark.parametrize("value", ["many", "-1", "1.5"])
def test_a_wrong_number_stops_the_start_and_is_named(load: Load, name: str, value: str) -> None:
    with pytest.raises(SystemExit, match=f"{name} is '{value}'"):
        load(**{name: value})


@pytest.mark.parametrize("value", ["*", "proxy", "10.0.0.0/99"])
def test_everyone_is_not_a_proxy(load: Load, value: str) -> None:
    with pytest.raises(SystemExit, match="FORWARDED_ALLOW_IPS can not be used"):
        load(FORWARDED_ALLOW_IPS=value)


class TestTheReadersAddress:
    """X-Real-IP counts when the proxy says it, and only then."""

    @staticmethod
    def ask(settings: dict[str, Any], peer: object, *values: str) -> dict[str, Any] | None:
        """What gunicorn is told about a request from `peer` with these X-Real-IP headers."""
        headers = [("HOST", "candour.example"), *(("X-REAL-IP", value) for value in values)]
        request = SimpleNamespace(headers=headers, peer_addr=peer, proxy_protocol_info=None)
        settings["pre_request"](None, request)
        return request.proxy_protocol_info

    def test_the_proxy_is_believed(self, load: Load) -> None:
        told = self.ask(load(FORWARDED_ALLOW_IPS="10.0.0.0/24"), ("10.0.0.7", 5), "203.0.113.9")
        assert told is not None
        assert told["client_addr"] == "203.0.113.9"

    @pytest.mark.parametrize(
        ("peer", "values"),
        [
            (("203.0.113.5", 5), ["198.51.100.1"]),  # a reader who writes the header himself
            (("127.0.0.1", 5), []),
            (("127.0.0.1", 5), ["198.51.100.1", "198.51.100.2"]),
            (("127.0.0.1", 5), ["<script>"]),
            ("", ["198.51.100.1"]),
        ],
    )
    def test_nobody_else_is(self, load: Load, peer: object, values: list[str]) -> None:
        assert self.ask(load(), peer, *values) is None


def test_the_log_does_not_name_a_reader(load: Load) -> None:
    logger = load()["logger_class"](Config())
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    logger.error_log.addHandler(handler)
    try:
        logger.warning("Invalid request from ip=203.0.113.9: Invalid HTTP header 'I am Sam'")
        try:
            raise ValueError
        except ValueError:
            logger.exception("Error handling request %s %s", "GET", "/drugs/?q=am+I+dying")
    finally:
        logger.error_log.removeHandler(handler)
    text = written.getvalue()
    assert "malformed request" in text
    assert "could not be handled" in text
    for trace in ("203.0.113.9", "Sam", "dying", "/drugs/"):
        assert trace not in text


class TestAWorkerThatGoes:
    """What it has counted is written down; what goes wrong then is a line in the log."""

    COUNTS = "prevention.engagement.counts"

    def test_it_writes_its_counts(self, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
        flushed: list[bool] = []
        monkeypatch.setitem(sys.modules, self.COUNTS, SimpleNamespace(flush=lambda: flushed.append(True)))
        load()["worker_exit"](None, None)
        assert flushed == [True]

    def test_one_that_counted_nothing_has_nothing_to_write(
        self, load: Load, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delitem(sys.modules, self.COUNTS, raising=False)
        load()["worker_exit"](None, None)
        assert self.COUNTS not in sys.modules

    def test_a_failure_does_not_keep_it(self, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail() -> None:
            raise OSError("no database")

        said: list[str] = []
        worker = SimpleNamespace(log=SimpleNamespace(exception=said.append))
        monkeypatch.setitem(sys.modules, self.COUNTS, SimpleNamespace(flush=fail))
        load()["worker_exit"](None, worker)
        assert said == ["The last counts of a worker were lost."]
