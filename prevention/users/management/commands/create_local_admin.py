"""`manage.py create_local_admin`: create an administrator with a random password on a local machine."""

from __future__ import annotations

import secrets
from argparse import ArgumentParser
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from prevention.users.models import User

# Without 0, o, 1, l and i, because the password is read and typed. 20 characters of 31 are 99 bits.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS = 4
GROUP_LENGTH = 5


def fresh_password() -> str:
    """Return a random password in four groups of five, such as abcde-fghjk-mnpqr-stuvw."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))


class Command(BaseCommand):
    """Creates the local administrator; changes nothing when there is one, unless --reset is given."""

    help = "Make an administrator on this machine and print a fresh password once; --reset sets a new one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add --username and --reset."""
        parser.add_argument("--username", default="admin", help="the name to sign in with (default: admin)")
        parser.add_argument(
            "--reset",
            action="store_true",
            help="set a new password, and take the second step off the account",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Create or reset the administrator. Raises CommandError unless LOCAL_ADMIN_ALLOWED is True."""
        if settings.LOCAL_ADMIN_ALLOWED is not True:
            raise CommandError(
                "create_local_admin only works on a machine of your own. On a real site use: "
                "manage.py createsuperuser"
            )
        username: str = options["username"]
        exists = User.objects.filter(username=username).exists()
        if exists and not options["reset"]:
            self.stdout.write(
                f"Administrator: {username} (has a password; forgotten? make admin-password sets a new one)"
            )
            return
        password = fresh_password()
        self._save(username=username, password=password)
        self.stdout.write(f"Administrator: {username}")
        self.stdout.write(f"Password: {password} (shown this once)")

    @staticmethod
    @transaction.atomic
    def _save(*, username: str, password: str) -> None:
        """Save the administrator with this password, and delete their authenticators, which may be lost."""
        user, _ = User.objects.get_or_create(username=username)
        user.is_active = user.is_staff = user.is_superuser = True
        user.set_password(password)
        user.save()
        Authenticator.objects.filter(user=user).delete()
