"""Read an environment variable, or stop with a sentence that says which one and what to do."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")


def required(name: str, hint: str) -> str:
    """The value of the variable `name`.

    Raises ImproperlyConfigured, naming the variable and repeating `hint`, when it is unset or blank.
    """
    value = os.environ.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(f"The environment variable {name} is not set. {hint}")
    return value


def optional(name: str, default: str) -> str:
    """The value of the variable `name`, or `default` when it is unset or blank."""
    return os.environ.get(name, "").strip() or default


def parsed(name: str, value: str, parse: Callable[[str], T], hint: str) -> T:
    """`parse(value)`; on a ValueError raises ImproperlyConfigured with the variable's name and `hint`."""
    try:
        return parse(value)
    except ValueError as error:
        raise ImproperlyConfigured(
            f"The environment variable {name} can not be used: {error}. {hint}"
        ) from error


def whole_number(name: str, default: int, *, least: int = 0) -> int:
    """The variable `name` as a whole number of at least `least`, or `default` when unset."""

    def parse(value: str) -> int:
        if not value.isascii() or not value.isdigit():
            raise ValueError(f"{value!r} is not a whole number")
        if int(value) < least:
            raise ValueError(f"{value} is less than {least}")
        return int(value)

    return parsed(name, optional(name, str(default)), parse, f"Give a whole number, {least} or more.")


def one_of(name: str, choices: Sequence[str]) -> str:
    """The variable `name`: one of `choices`, or '' when unset. Raises ImproperlyConfigured for others."""

    def parse(value: str) -> str:
        if value and value not in choices:
            raise ValueError(f"{value!r} is not known")
        return value

    return parsed(name, optional(name, ""), parse, f"Give one of {', '.join(choices)}, or nothing.")


def secret(name: str, *, least: int = 50) -> str:
    """A required secret of at least `least` characters.

    Raises ImproperlyConfigured when it is missing, short, or one of the examples of the documentation.
    """
    hint = 'Make one with: python3 -c "import secrets; print(secrets.token_urlsafe(64))"'

    def parse(value: str) -> str:
        if len(value) < least or len(set(value)) < 10 or "change-me" in value.lower():
            raise ValueError(f"it must be random and have at least {least} characters")
        return value

    return parsed(name, required(name, hint), parse, hint)


def hosts(name: str, hint: str) -> list[str]:
    """A required comma-separated list of host names; a wildcard, a scheme or a path is refused."""

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
    """A required https address such as https://candour.example, without a path or a closing slash."""

    def parse(value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme != "https" or not parts.hostname or parts.path not in {"", "/"}:
            raise ValueError(f"{value!r} is not an address such as https://candour.example")
        return f"{parts.scheme}://{parts.netloc}"

    return parsed(name, required(name, hint), parse, hint)
