"""The proxy's configuration and the containers: what must never be in them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "site" / "deploy"


def directives(name: str) -> list[str]:
    """The arguments of every use of the directive `name` in nginx.conf."""
    lines = [line.split("#")[0].strip() for line in (DEPLOY / "nginx.conf").read_text().splitlines()]
    return [line.removeprefix(name).rstrip(";").strip() for line in lines if line.startswith(f"{name} ")]


class TestNginx:
    def test_it_writes_no_log_of_readers(self) -> None:
        assert directives("access_log") == ["off"]
        assert [line.split()[-1] for line in directives("error_log")] == ["emerg"]

    def test_it_serves_no_file_itself(self) -> None:
        assert not directives("root") + directives("alias") + directives("try_files")

    def test_it_leaves_compression_to_the_application(self) -> None:
        assert directives("gzip") == ["off"]

    def test_it_keeps_no_zone_by_address(self) -> None:
        assert not directives("limit_req_zone") + directives("limit_conn_zone")

    def test_it_overrides_what_a_client_says_of_itself(self) -> None:
        told = dict(line.split(maxsplit=1) for line in directives("proxy_set_header"))
        assert told["X-Forwarded-Proto"] == "$scheme"
        assert told["X-Real-IP"] == "$remote_addr"
        assert {told[name] for name in ("X-Forwarded-For", "X-Forwarded-Host", "Forwarded")} == {'""'}


class TestCompose:
    @pytest.fixture
    def compose(self) -> dict[str, dict[str, dict[str, object]]]:
        """The parsed file."""
        parsed: dict[str, dict[str, dict[str, object]]] = yaml.safe_load(
            (DEPLOY / "compose.yaml").read_text()
        )
        return parsed

    def test_only_the_application_has_a_port_and_on_the_loopback_address(
        self, compose: dict[str, dict[str, dict[str, object]]]
    ) -> None:
        ports = {
            name: service["ports"] for name, service in compose["services"].items() if "ports" in service
        }
        assert ports == {"app": ["127.0.0.1:8000:8000"]}

    def test_no_password_has_a_default(self) -> None:
        text = (DEPLOY / "compose.yaml").read_text() + (ROOT / ".env.example").read_text()
        for name, value in re.findall(r"^\s*#?\s*(\w*(?:PASSWORD|SECRET_KEY))[:=] *([^#\n]*)", text, re.M):
            assert re.fullmatch(r"(\$\{\w+:(\?[^}]+|-)\})?\s*", value), name

    def test_the_example_names_every_variable_that_production_requires(self) -> None:
        settings = (ROOT / "site" / "config" / "settings" / "production.py").read_text()
        required = set(re.findall(r"env\.(?:required|secret|hosts|web_address)\(\s*\"(\w+)\"", settings))
        example = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.M))
        assert required
        assert required <= example


def test_the_image_takes_in_nothing_by_accident() -> None:
    assert not re.findall(r"^COPY (?:--\S+ )?\. ", (DEPLOY / "Dockerfile").read_text(), re.M)
    assert (DEPLOY / "Dockerfile.dockerignore").read_text().startswith("*\n")
