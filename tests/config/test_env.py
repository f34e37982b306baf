"""Environment variables: read, or refused with a sentence that names them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env

ROOT = Path(__file__).resolve().parents[2]
SECRET = "kR7-x2Lq9_vT4mN8pZ1wY6cB3dF5gH0jS-aEuIoKlMnQrStUvWxYz"
PRODUCTION = {
    "SECRET_KEY": SECRET,
    "ALLOWED_HOSTS": "candour.example",
    "BASE_URL": "https://candour.example",
    "DATABASE_URL": "postgres://candour@db/candour",
    "EMAIL_HOST": "mail.example",
    "DEFAULT_FROM_EMAIL": "team@candour.example",
}


def start(settings: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `manage.py check` with only these variables."""
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": settings, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_starts_and_has_no_finding() -> None:
    result = start("config.settings.production", **PRODUCTION)
    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout


@pytest.mark.parametrize("name", PRODUCTION)
def test_production_does_not_start_without(name: str) -> None:
    result = start("config.settings.production", **{**PRODUCTION, name: " "})
    assert result.returncode != 0
    assert f"The environment variable {name} is not set." in result.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 80),
        ("SECRET_KEY", f"change-me-{SECRET}"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "https://candour.example"),
        ("ALLOWED_HOSTS", ","),
        ("BASE_URL", "candour.example"),
        ("BASE_URL", "http://candour.example"),
        ("DATABASE_URL", "mysql://x/y"),
        ("DATABASE_URL", "nonsense"),
        ("CACHE_URL", "memcached://x"),
        ("EMAIL_PORT", "many"),
        ("EMAIL_PORT", "0"),
    ],
)
def test_production_does_not_start_with(name: str, value: str) -> None:
    result = start("config.settings.production", **{**PRODUCTION, name: value})
    assert result.returncode != 0
    assert f"The environment variable {name} can not be used" in result.stderr
    assert value not in result.stderr or name != "SECRET_KEY"


def test_a_shared_cache_and_sqlite_are_allowed() -> None:
    result = start(
        "config.settings.production",
        **{
            **PRODUCTION,
            "CACHE_URL": "redis://cache:6379/0",
            "DATABASE_URL": "sqlite:////var/lib/candour/db.sqlite3",
        },
    )
    assert result.returncode == 0, result.stderr


def test_the_local_site_wants_a_secret_too() -> None:
    result = start("config.settings.local")
    assert "SECRET_KEY is not set" in result.stderr


def test_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_NUMBER", "12")
    assert env.whole_number("SOME_NUMBER", 3) == 12
    monkeypatch.delenv("SOME_NUMBER")
    assert env.whole_number("SOME_NUMBER", 3) == 3
    for wrong in ("-1", "1.5", "١٢", "12 13"):
        monkeypatch.setenv("SOME_NUMBER", wrong)
        with pytest.raises(ImproperlyConfigured, match="SOME_NUMBER"):
            env.whole_number("SOME_NUMBER", 3)


def test_addresses_and_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_URL", "https://candour.example/")
    assert env.web_address("SOME_URL", "") == "https://candour.example"
    monkeypatch.setenv("SOME_HOSTS", "a.example, b.example,")
    assert env.hosts("SOME_HOSTS", "") == ["a.example", "b.example"]


def test_one_of_a_few(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.one_of("NATION", ["wales", "ni"]) == ""
    monkeypatch.setenv("NATION", "wales")
    assert env.one_of("NATION", ["wales", "ni"]) == "wales"
    monkeypatch.setenv("NATION", "atlantis")
    with pytest.raises(ImproperlyConfigured, match="wales, ni"):
        env.one_of("NATION", ["wales", "ni"])
