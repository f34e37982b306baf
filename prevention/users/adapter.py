"""Our changes to django-allauth: the two adapters that the settings name."""

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
    """Allows no sign-up, and gives allauth neither the address nor the browser of anybody."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": MISMATCH,
        "email_password_mismatch": MISMATCH,
        "incorrect_password": "That is not your password. Check it and try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: only an administrator creates accounts."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the bucket of the address, which allauth uses as key of its rate limits (decision 13)."""
        return address_bucket(request)

    def get_http_user_agent(self, request: HttpRequest) -> str:
        """Return '': allauth would put the browser's name into its e-mails."""
        return ""

    def is_ajax(self, request: HttpRequest) -> bool:
        """Return False: no script calls these pages, so allauth's JSON answers are not needed."""
        return False


class StaffMFAAdapter(DefaultMFAAdapter):
    """Draws the QR code of the set-up without a data: image or inline style, which our CSP forbids."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "That code does not work. Wait for the app to show the next one, then type that.",
    }

    def build_totp_svg(self, url: str) -> str:
        """Return a QR code of `url` as an inline SVG element."""
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
