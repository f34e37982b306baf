"""The custom user, from day one: changing AUTH_USER_MODEL later means rebuilding the database."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser


# The ignore: mypy can not see the managers of the models in media that point here.
class User(AbstractUser):  # type: ignore[django-manager-missing]
    """A member of staff. No field of our own: what a person may do comes from their groups."""
