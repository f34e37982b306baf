"""What we change in django-allauth. A file of its own, because settings name the two classes by path."""

from __future__ import annotations

from typing import Any, ClassVar

import qrcode  # type: ignore[import-untyped]  # ships no types; it comes with allauth[mfa]
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from prevention.delivery.throttling import address_bucket

MISMATCH = "That name and that password do not belong together. Check both and try again."
QUIET_ZONE = 4  # modules of white around the code, as ISO/IEC 18004 asks


class StaffAccountAdapter(DefaultAccountAdapter):
    """Staff only: no sign-up, and no address or browser of anyone is kept."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": MISMATCH,
        "email_password_mismatch": MISMATCH,
        "incorrect_password": "That is not your password. Check it and try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: an administrator makes every account."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the bucket of the address: it becomes part of the keys of rate limits."""
        return address_bucket(request)

    def get_http_user_agent(self, request: HttpRequest) -> str:
        """Return nothing: allauth would put the browser's name in its mails."""
        return ""

    def is_ajax(self, request: HttpRequest) -> bool:
        """Return False: no script calls these pages, so allauth's JSON answers are one surface less."""
        return False


class StaffMFAAdapter(DefaultMFAAdapter):
    """Draws the set-up code so that it needs neither a data: image nor an inline style."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "That code does not work. Wait for the app to show the next one, then type that.",
    }

    def build_totp_svg(self, url: str) -> str:
        """Return a QR code of `url` as an SVG element to be put into the page."""
        code = qrcode.QRCode(border=QUIET_ZONE)
        code.add_data(url)
        matrix = code.get_matrix()
        dark = "".join(
            f"M{x},{y}h1v1h-1z" for y, row in enumerate(matrix) for x, module in enumerate(row) if module
        )
        size = len(matrix)
        return (
            f'<svg class="qr-code" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" '
            'width="240" height="240" role="img" aria-label="QR code for your authenticator app" '
            'shape-rendering="crispEdges">'
            f'<path fill="#fff" d="M0,0h{size}v{size}h-{size}z"/><path fill="#000" d="{dark}"/></svg>'
        )
