"""What the tests of staff sign-in share: people, a browser, codes."""

from __future__ import annotations

import base64
import datetime
import hashlib
import hmac
import struct
import time
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from prevention.users.models import User

PASSWORD = "correct-horse-battery-staple"
SECRET = base64.b32encode(b"twenty bytes of test").decode()


def totp_code(secret: str) -> str:
    """Return the code that an app shows now: RFC 6238, written again here so that it checks allauth's."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    value = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{value % 10**6:06}"


@pytest.fixture(autouse=True)
def _one_hour(stop_clock: Callable[[datetime.datetime], None]) -> None:
    """Tries are counted under a bucket of addresses that changes every hour: no test runs over that edge."""
    stop_clock(datetime.datetime(2026, 11, 24, 12, 30, tzinfo=datetime.UTC))


@pytest.fixture
def editor(db: None) -> User:
    """An administrator with a password and an address, without a second step."""
    return User.objects.create_superuser("robin", "robin@candour.example", PASSWORD)


@pytest.fixture
def protected_editor(editor: User) -> User:
    """The same person with an authenticator app and recovery codes."""
    TOTP.activate(editor, SECRET)
    RecoveryCodes.activate(editor)
    return editor


@pytest.fixture
def recovery_codes(protected_editor: User) -> list[str]:
    """The unused recovery codes of the protected editor."""
    stored = Authenticator.objects.get(user=protected_editor, type=Authenticator.Type.RECOVERY_CODES)
    codes: list[str] = stored.wrap().get_unused_codes()
    return codes


@pytest.fixture
def sign_in(client: Client) -> Callable[..., Client]:
    """Return a function that signs someone in through the real page and returns the browser."""

    def through_the_page(user: User, password: str = PASSWORD) -> Client:
        client.post("/accounts/login/", {"login": user.username, "password": password})
        return client

    return through_the_page
