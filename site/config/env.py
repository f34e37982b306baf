"""Reads environment variables; a missing or wrong one raises an error that names it and says what to do."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")


def required(name: str, hint: str) -> str:
    """Return the value of the variable `name`.

    Raises ImproperlyConfigured, with the variable's name and `hint`, when it is unset or blank.
    """
    value = os.environ.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(f"The environment variable {name} is not set. {hint}")
    return value


def optional(name: str, default: str) -> str:
    """Return the value of the variable `name`, or `default` when it is unset or blank."""
    return os.environ.get(name, "").strip() or default


def parsed(name: str, value: str, parse: Callable[[str], T], hint: str) -> T:
    """Return `parse(value)`.

    Raises ImproperlyConfigured, with the variable's `name` and `hint`, when `parse` raises ValueError.
    """
    try:
        return parse(value)
    except ValueError as error:
        raise ImproperlyConfigured(
            f"The environment variable {name} can not be used: {error}. {hint}"
        ) from error


def whole_number(name: str, default: int, *, least: int = 0) -> int:
    """Return the variable `name` as a whole number, or `default` when it is unset or blank.

    Raises ImproperlyConfigured when it is not a whole number of `least` or more.
    """

    def parse(value: str) -> int:
        if not value.isascii() or not value.isdigit():
            raise ValueError(f"{value!r} is not a whole number")
        if int(value) < least:
            raise ValueError(f"{value} is less than {least}")
        return int(value)

    return parsed(name, optional(name, str(default)), parse, f"Give a whole number, {least} or more.")


def one_of(name: str, choices: Sequence[str]) -> str:
    """Return the variable `name`, one of `choices`, or '' when unset.

    Raises ImproperlyConfigured for any other value.
    """

    def parse(value: str) -> str:
        if value and value not in choices:
            raise ValueError(f"{value!r} is not known")
        return value

    return parsed(name, optional(name, ""), parse, f"Give one of {', '.join(choices)}, or nothing.")


def secret(name: str, *, least: int = 50) -> str:
    """Return the required secret `name`, which must have at least `least` characters, 10 of them different.

    Raises ImproperlyConfigured when it is missing, too short, too uniform or contains "change-me".
    """
    hint = 'Make one with: python3 -c "import secrets; print(secrets.token_urlsafe(64))"'

    def parse(value: str) -> str:
        if len(value) < least or len(set(value)) < 10 or "change-me" in value.lower():
            raise ValueError(f"it must be random and have at least {least} characters")
        return value

    return parsed(name, required(name, hint), parse, hint)


def hosts(name: str, hint: str) -> list[str]:
    """Return the required, comma-separated list of host names `name`.

    Raises ImproperlyConfigured when it is missing, or has a wildcard, a scheme or a path.
    """

    def parse(value: str) -> list[str]:
        names = [part.strip() for part in value.split(",") if part.strip()]
        for host in names:
            if host == "*" or "/" in host or " " in host:
                raise ValueError(f"{host!r} is not a host name")
        if not names:
            raise ValueError("it names no host")
        return names

    return parsed(name, required(name, hint), parse, hint)


def web_address(name: str, hint: str) -> str:
    """Return the required https address `name` without a closing slash, such as https://candour.example.

    Raises ImproperlyConfigured when it is missing, is not https, or has a path.
    """

    def parse(value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme != "https" or not parts.hostname or parts.path not in {"", "/"}:
            raise ValueError(f"{value!r} is not an address such as https://candour.example")
        return f"{parts.scheme}://{parts.netloc}"

    return parsed(name, required(name, hint), parse, hint)
