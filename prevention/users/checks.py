"""System checks of the settings that decide how strict the sign-in of staff is."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register

from .middleware import OFFERED, REQUIRED


@register(Tags.security)
def two_factor_setting(**_: Any) -> list[CheckMessage]:
    """Return an error when STAFF_TWO_FACTOR is neither "offered" nor "required"."""
    if settings.STAFF_TWO_FACTOR in (OFFERED, REQUIRED):
        return []
    return [
        Error(
            f"STAFF_TWO_FACTOR is {settings.STAFF_TWO_FACTOR!r}.",
            hint=f'Set it to "{REQUIRED}" (production) or "{OFFERED}" (a machine only you can reach).',
            id="users.E001",
        )
    ]


@register(Tags.security, deploy=True)
def strict_in_production(**_: Any) -> list[CheckMessage]:
    """Return a warning for each setting that is fit for a local machine but not for a public site."""
    found: list[CheckMessage] = []
    if settings.STAFF_TWO_FACTOR != REQUIRED:
        found.append(
            checks.Warning(
                "Staff may use the admin without two-step sign-in.",
                hint=f'Set STAFF_TWO_FACTOR to "{REQUIRED}".',
                id="users.W002",
            )
        )
    if settings.LOCAL_ADMIN_ALLOWED:
        found.append(
            checks.Warning(
                "create_local_admin may make an administrator here.",
                hint="Set LOCAL_ADMIN_ALLOWED to False and use createsuperuser.",
                id="users.W003",
            )
        )
    return found
